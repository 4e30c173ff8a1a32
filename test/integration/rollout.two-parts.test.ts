/**
 * An abort in the middle of a push to many devices: who was told hears of it before the rest is even committed, and a
 * server that ends in between leads nobody who was not told into the revision.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import { type DesiredState, readDesiredState } from '@ocelli/schemas/messages/desired'
import { topics } from '@ocelli/schemas/topics'
import { askRollout } from '@ocelli/server/actions/ask-rollout'
import { isRefusal } from '@ocelli/server/domain/refusal'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { furnishedDisk, OPERATOR, type Replica, startReplica } from '../support/memory-replica.ts'
import { deploymentManifest, ListBus, PROJECT } from '../support/server-world.ts'
import { deviceId, inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

const DEVICES = Array.from({ length: 1200 }, (_, index) => deviceId(index + 1)).sort()
const SESSION = { certificate: 1, start: 1 }

/** What devices are told, and a stop in the middle of it. */
class TellingBus extends ListBus {
  readonly told = new Map<DeviceId, DesiredState[]>()
  /** After so many of a revision it takes none until it is let go. */
  pauseAfter: { readonly revision: number; readonly count: number } | undefined
  readonly paused = Promise.withResolvers<void>()
  readonly resumed = Promise.withResolvers<void>()

  override async publish(topic: string, payload: Uint8Array, options: { retained: boolean }): Promise<boolean> {
    const state = stateIn(topic, payload)
    if (state === undefined) return super.publish(topic, payload, options)
    const { revision, count } = this.pauseAfter ?? {}
    if (count !== undefined && this.toldOf(revision).length >= count) {
      this.paused.resolve()
      await this.resumed.promise
    }
    this.told.set(state.device, [...(this.told.get(state.device) ?? []), state])
    return true
  }

  /** Devices that were ever told to run the revision. */
  toldOf(revision: number | undefined): DeviceId[] {
    const has = (states: readonly DesiredState[]) => states.some((state) => revisionOf(state) === revision)
    return [...this.told].flatMap(([device, states]) => (has(states) ? [device] : []))
  }

  revision(device: DeviceId): number | undefined {
    return revisionOf(this.told.get(device)?.at(-1))
  }
}

function stateIn(topic: string, payload: Uint8Array): DesiredState | undefined {
  if (!topic.endsWith('/desired') || payload.byteLength === 0) return undefined
  const { payload: text } = JSON.parse(Buffer.from(payload).toString()) as { payload: string }
  const read = readDesiredState(JSON.parse(Buffer.from(text, 'base64').toString()))
  return read.ok ? read.value : undefined
}

const revisionOf = (state: DesiredState | undefined) => state?.instances[0]?.revision

const manifest = (variant: number) =>
  deploymentManifest(
    'moves',
    `
realisations: [{ name: main, component: motion@1.0.0 }]
grants: [frames, measurements]
config: { variant: ${variant} }
rollout: { waves: ['100%'], maxUnavailable: '100%', maxTouched: 5000, gate: { healthyForMs: 0 } }`,
  )

let replicas: Replica[]
beforeEach(() => {
  replicas = []
})
afterEach(async () => {
  for (const { stop } of replicas) await stop()
})

/** All run revision 1, and the push of revision 2 has reached some when it is aborted. */
async function abortedInTheMiddle() {
  const disk = await furnishedDisk(DEVICES)
  const bus = new TellingBus()
  const leader = await startReplica(disk, bus)
  replicas.push(leader)
  const { store, core } = leader
  for (const device of DEVICES) {
    bus.say(topics.presence(device), { state: 'online', session: SESSION })
    bus.say(topics.inventory(device), inventory())
  }
  await waitUntil(async () => (await store.devices(PROJECT)).every((row) => row.inventory), 'all are known', 20_000)
  await core.api.apply(OPERATOR, { manifests: manifest(1) })
  await waitUntil(() => bus.toldOf(1).length === DEVICES.length, 'all are told revision 1', 20_000)
  for (const device of DEVICES) report(bus, device)
  await waitUntil(async () => (await store.rollouts(PROJECT, { active: true })).length === 0, 'all run it', 20_000)
  bus.pauseAfter = { revision: 2, count: 150 }
  const applied = core.api.apply(OPERATOR, { manifests: manifest(2) })
  await bus.paused.promise
  await applied
  const asked = askRollout(core.context, OPERATOR, 'moves', 'abort', false)
  await waitUntil(() => bus.toldOf(2).length >= 150, 'some are told revision 2')
  bus.pauseAfter = undefined
  bus.resumed.resolve()
  const effect = await asked
  if (isRefusal(effect)) throw new Error(effect.message)
  return { disk, bus, leader, effect, misled: bus.toldOf(2) }
}

function report(bus: TellingBus, device: DeviceId): void {
  const state = bus.told.get(device)?.at(-1)
  bus.say(topics.reported(device), {
    session: SESSION,
    atMs: 1,
    generation: state?.generation,
    trustVersion: 1,
    instances: (state?.instances ?? []).map(({ id, revision, realisation, components }) => ({
      ...{ id, revision, realisation, digest: components[0]?.digest, state: 'running', healthy: true },
      ...{ sinceMs: 1, restarts: 0 },
    })),
    outbox: { stream: 's-aaaaaaaaaaaaaaaa', offered: 0, accepted: 0, held: 0, heldBytes: 0, lost: 0 },
  })
}

test('who was told is told otherwise at once, and the rest follows', async () => {
  const { bus, leader, effect, misled } = await abortedInTheMiddle()
  expect(effect).toMatchObject({ before: 'open', after: 'aborted' })
  expect(await leader.store.restDue()).toEqual([PROJECT])
  expect((await leader.store.desiredKeys('all')).map(({ device }) => device)).toEqual([...misled].sort())
  await waitUntil(() => misled.every((device) => bus.revision(device) === 1), 'they are told otherwise')
  await waitUntil(async () => (await leader.store.restDue()).length === 0, 'the rest is committed')
  const rows = await leader.store.devices(PROJECT)
  expect(new Set(rows.map(({ desired }) => desired?.instances[0]?.revision))).toEqual(new Set([1]))
  expect(bus.toldOf(2)).toEqual(misled)
  const audit = await leader.store.audit(PROJECT, { limit: 9 })
  expect(audit.map(({ action, detail }) => [action, detail.touched])).toEqual(
    expect.arrayContaining([
      ['rollout.abort', DEVICES.length],
      ['decision.rest', DEVICES.length - misled.length],
    ]),
  )
}, 60_000)

test('a server that ends before the rest is committed leads nobody else into what was aborted', async () => {
  const { disk, leader, misled } = await abortedInTheMiddle()
  await leader.stop()
  replicas = []
  const bus = new TellingBus()
  const next = await startReplica(disk, bus)
  replicas.push(next)
  await waitUntil(() => misled.every((device) => bus.revision(device) === 1), 'who was told is told otherwise', 20_000)
  await waitUntil(async () => (await next.store.restDue()).length === 0, 'the rest is committed', 20_000)
  await waitUntil(() => bus.told.size === DEVICES.length, 'all are told', 20_000)
  expect(bus.toldOf(2)).toEqual([])
  expect(await next.store.pending(PROJECT)).toEqual([])
}, 60_000)

test('what a person changes before the rest is committed is decided on the whole', async () => {
  const { bus, leader } = await abortedInTheMiddle()
  await leader.core.api.apply(OPERATOR, { manifests: manifest(3) })
  expect(await leader.store.restDue()).toEqual([])
  await waitUntil(() => bus.toldOf(3).length === DEVICES.length, 'all are told revision 3', 20_000)
  expect(DEVICES.map((device) => bus.revision(device)).every((revision) => revision === 3)).toBe(true)
}, 60_000)
