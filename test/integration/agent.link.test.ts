/** The MQTT link against a real broker over mutual TLS. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { machineClock, machineRandom } from '@ocelli/agent/capability/machine'
import { loadIdentity, saveIdentity } from '@ocelli/agent/identity/identity-file'
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { join } from '@ocelli/agent/join'
import { mqttLink } from '@ocelli/agent/link/mqtt-link'
import type { LinkMessage, LinkSession } from '@ocelli/agent/ports'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Authority, DEVICE } from '../support/agent-documents.ts'
import { TestServer } from '../support/agent-server.ts'

const signers = new Authority()
let dataDir = ''
let server: TestServer
const sessions: LinkSession[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(joinPath(tmpdir(), 'ocelli-link-'))
  server = await TestServer.start({ device: DEVICE, signers })
  await join(server.token, { dataDir })
})
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
  await server.close()
  rmSync(dataDir, { recursive: true })
})

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 20 })

function open() {
  const seen = { up: 0, down: [] as string[], messages: [] as LinkMessage[] }
  const identity = new FileIdentity(dataDir)
  const link = mqttLink({ identity, clock: machineClock(), random: machineRandom(), firstRetryMs: 50 })
  const session = link.open({
    clientId: DEVICE,
    will: { topic: `ocelli/v1/${DEVICE}/presence`, payload: Buffer.from('{"state":"lost"}'), qos: 1, retained: true },
    subscriptions: [`ocelli/v1/${DEVICE}/desired`, `ocelli/v1/${DEVICE}/command/#`],
    keepAliveMs: 30_000,
    onMessage: (message) => void seen.messages.push(message),
    onUp: () => void seen.up++,
    onDown: (reason) => void seen.down.push(reason),
  })
  sessions.push(session)
  return { seen, session, identity }
}

test('a connected link has its subscriptions, delivers both ways, and says goodbye without its last will', async () => {
  await server.publish(`ocelli/v1/${DEVICE}/desired`, { retained: 1 }, true)
  const { seen, session } = open()
  await eventually(() => expect(seen.messages).toHaveLength(1))
  expect(seen.up).toBe(1)
  await server.publish(`ocelli/v1/${DEVICE}/command/c-1`, { n: 2 })
  await eventually(() => expect(seen.messages).toHaveLength(2))
  const delivered = await session.publish(`ocelli/v1/${DEVICE}/telemetry`, Buffer.from('{"n":3}'), {
    qos: 1,
    retained: false,
  })
  expect(delivered).toBe(true)
  expect(server.messages('telemetry')).toEqual([{ n: 3 }])
  await session.close()
  await eventually(() => expect(server.broker.connectedClients).toBe(0))
  expect(server.messages('presence')).toEqual([])
  expect(seen.down).toEqual([])
})

test('a broken link says so, lets waiting publishes go, leaves its last will, and comes back by itself', async () => {
  const { seen, session } = open()
  await eventually(() => expect(seen.up).toBe(1))
  const wills: string[] = []
  await new Promise<void>((resolve) =>
    server.broker.subscribe(
      `ocelli/v1/${DEVICE}/presence`,
      (packet, done) => {
        wills.push(packet.payload.toString())
        done()
      },
      resolve,
    ),
  )
  for (let round = 1; round <= 3; round++) {
    server.breakConnections()
    await eventually(() => expect(seen.down).toHaveLength(round))
    expect(await session.publish('ocelli/v1/x', Buffer.from('1'), { qos: 1, retained: false })).toBe(false)
    await eventually(() => expect(seen.up).toBe(round + 1))
  }
  await eventually(() => expect(wills).toHaveLength(3))
})

test('a broker with another root is not spoken to', async () => {
  const other = await TestServer.start({ device: DEVICE, signers })
  saveIdentity(dataDir, { ...loadIdentity(dataDir), mqttUrl: other.mqttUrl })
  const { seen } = open()
  const clients = vi.fn()
  other.broker.on('client', clients)
  await eventually(() => expect(other.attempts).toBeGreaterThanOrEqual(3))
  expect(clients).not.toHaveBeenCalled()
  expect(seen.up).toBe(0)
  await other.close()
})

test('reconnect takes the identity of the moment', async () => {
  const { seen, session, identity } = open()
  await eventually(() => expect(seen.up).toBe(1))
  await identity.renew()
  session.reconnect()
  await eventually(() => expect(seen.up).toBe(2))
  expect(seen.down).toEqual(['connecting anew'])
  await eventually(() => expect(server.broker.connectedClients).toBe(1))
})

test('a session that is closed while nobody answers ends at once', async () => {
  await server.close()
  const { session } = open()
  await session.close()
  server = await TestServer.start({ device: DEVICE, signers })
})
