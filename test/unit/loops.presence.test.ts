/** What a process that takes the lead knows of who is there. */
import type { DeviceId } from '@ocelli/schemas/ids'
import { createFacts } from '@ocelli/server/loops/facts'
import { createProblems } from '@ocelli/server/loops/problems'
import { SYSTEM_CLOCK } from '@ocelli/server/open-server'
import { afterEach, expect, test } from 'vitest'
import { waitUntil } from '../support/wait-until.ts'

const YARD = 'd-aaaaaaaaaaaaaaaa' as DeviceId
const GATE = 'd-bbbbbbbbbbbbbbbb' as DeviceId
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

function facts() {
  const presence = new Map<DeviceId, string>()
  const lead = { is: true }
  const made = createFacts({
    store: {
      recordPresence: async (heard) => {
        for (const { device, message } of heard) presence.set(device, message.state)
        return new Map(heard.map(({ device }) => [device, { changed: true }]))
      },
      recordInventory: async () => new Map(),
      recordReported: async () => new Set(),
      forgetPresence: async () => {
        for (const device of presence.keys()) presence.set(device, 'unknown')
      },
    },
    clock: SYSTEM_CLOCK,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    problems: createProblems(SYSTEM_CLOCK),
    isLeader: () => lead.is,
    onFactsChanged: () => {},
    onPresence: () => {},
    onReported: () => {},
  })
  stops.push(() => made.stop())
  const say = (device: DeviceId, state: string, start = 1) =>
    made.take(device, 'presence', Buffer.from(JSON.stringify({ state, session: { certificate: 1, start } })))
  return { made, presence, lead, say }
}

test('a process that lost the lead and takes it again still knows who spoke, and hears of nobody twice', async () => {
  const { made, presence, lead, say } = facts()
  say(YARD, 'online', 2)
  say(GATE, 'offline')
  await waitUntil(() => presence.get(YARD) === 'online' && presence.get(GATE) === 'offline', 'heard')
  lead.is = false
  // A will of an older session comes late; what the device said since stands.
  say(YARD, 'lost', 1)
  lead.is = true
  made.forgetPresence()
  await waitUntil(() => presence.get(YARD) === 'online', 'known again without a word from the device')
  expect(presence.get(GATE)).toBe('offline')
})

test('what was heard through a broker that is gone is not known any more', async () => {
  const { made, presence, say } = facts()
  say(YARD, 'online')
  await waitUntil(() => presence.get(YARD) === 'online', 'heard')
  made.brokerGone()
  await waitUntil(() => presence.get(YARD) === 'unknown', 'forgotten')
  made.forgetPresence()
  say(GATE, 'online')
  await waitUntil(() => presence.get(GATE) === 'online', 'the loop ran again')
  expect(presence.get(YARD)).toBe('unknown')
})
