/**
 * Publishes desired state, signed and retained, until the device reports it. A device that does not answer is told
 * again with backoff; when the broker comes back everybody is told, since retained messages may be gone.
 *
 * A commit does not wait for what is being told: who has yet to be told hears the newest state anyway, and who was told
 * what is no longer true (a push that was aborted) hears of it first and alone, before it starts more.
 */

import { PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { DesiredState } from '@ocelli/schemas/messages/desired'
import { desired as desiredMessage } from '@ocelli/schemas/messages/desired'
import { compareGenerations, type Generation } from '@ocelli/schemas/messages/generation'
import type { Reported } from '@ocelli/schemas/messages/reported'
import { topics } from '@ocelli/schemas/topics'
import type { DesiredRow } from '../domain/records.ts'
import type { Log } from '../log.ts'
import type { Bus, Clock, Signer } from '../ports.ts'
import type { DesiredKey, IntentStore } from '../store/store.ts'
import { gatheringOf, startLoop } from './loop.ts'
import { forEachLimited } from './pool.ts'
import type { Problems } from './problems.ts'

const DEBOUNCE_MS = 5
/** While a fleet comes back, one device after the other: rests for this many times as long as it took to see who must be told. */
const REST = 4
/** Desired states that are read, signed and published at a time: their documents need not all be in memory. */
const TOGETHER = 200
const WIDTH = 64
/** First wait before a device is told again: it has to fetch and to start instances before it reports. */
const FIRST_RETRY_MS = 5_000
/** So much longer for each device that has yet to answer: a fleet that is told at once takes its time to. */
const EACH_RETRY_MS = 5
/** A device that is offline finds the retained message; this covers a broker that lost it unnoticed. */
const MAX_RETRY_MS = 300_000
/** A lost wake is made good by this. */
const EVERY_MS = 30_000
/** A decision that takes longer keeps nobody from being told. */
const MAX_HOLD_MS = 10_000
/** So long at most those are told alone who were told what is no longer true, until they answer; for the others nothing changes. */
const AHEAD_MS = 3_000

interface Told {
  readonly generation: Generation
  readonly trustVersion: number
  readonly atMs: number
  /** 0: the broker did not take it. */
  readonly attempts: number
}

export interface PublishPorts {
  readonly store: Pick<IntentStore, 'desiredKeys' | 'desiredOf'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
  readonly signer: Signer
  readonly log: Log
  readonly problems: Problems
  readonly isLeader: () => boolean
}

export interface Publish {
  wake(): void
  /** A device said what it runs: what it knows it is not told again. */
  answered(device: DeviceId, reported: Pick<Reported, 'generation' | 'trustVersion'>): void
  /** The broker was started or reached again, or this process just took the lead: everybody is told. */
  tellAll(): void
  /** The device is here again: it is told without backoff if it still runs something else. */
  tell(device: DeviceId): void
  /** Tells nobody more until it is released, at most for `MAX_HOLD_MS`: what is told is about to change. */
  hold(): HeldTelling
  /** Clears what the broker retains of a device that was deleted. */
  forget(device: DeviceId): Promise<void>
  stop(): Promise<void>
}

export interface HeldTelling {
  /** Who was told of all that are to be told; undefined where that is everybody. */
  told(): Promise<ReadonlySet<DeviceId> | undefined>
  release(): void
}

const encoder = new TextEncoder()

export function createPublish(ports: PublishPorts): Publish {
  const { store, bus, clock, signer, problems } = ports
  /** Of devices that have yet to answer. */
  const told = new Map<DeviceId, Told>()
  const toldAtMs = new Map<DeviceId, number>()
  /** Told since all were last told: where that was cut short, they may be about to start what is no longer true. */
  const ahead = new Set<DeviceId>()
  let aheadUntilMs = 0
  /** Who has yet to answer of those that are told alone. */
  const alone = new Set<DeviceId>()
  /** The others waited for those in the last run: they do not wait again before somebody of them is told. */
  let hasRested = false
  let readMs = 0
  let everybody = false
  /** Desired states were committed since the keys were read. */
  let isOutdated = false
  const holds = new Set<object>()
  let telling: Promise<unknown> = Promise.resolve()
  let onReleased = () => {}

  const tell = async (keys: readonly DesiredKey[]): Promise<readonly unknown[]> => {
    const projects = new Map(keys.map(({ device, project }) => [device, project]))
    const rows = await store.desiredOf([...projects.keys()])
    for (const { device } of rows) ahead.add(device)
    return forEachLimited(rows, WIDTH, async (row) => {
      const project = projects.get(row.device)
      if (project !== undefined) await publish(row, project)
    })
  }

  const publish = async (row: DesiredRow, project: ProjectId) => {
    const { device, generation, trustVersion } = row
    const before = told.get(device)
    const attempts = isSame(before, row) ? before.attempts + 1 : 1
    const payload = encode(row, project)
    const isTaken =
      payload === undefined || (await bus.publish(topics.desired(device), payload, { qos: 1, retained: true }))
    const atMs = clock.monotonicMs()
    toldAtMs.set(device, atMs)
    told.set(device, { generation, trustVersion, atMs, attempts: isTaken ? attempts : 0 })
  }

  /** `undefined` where it does not fit: a refusal that the scheduler should have made, shown and not repeated. */
  const encode = (row: DesiredRow, project: ProjectId): Uint8Array | undefined => {
    const { device, generation, issuedAtMs, trustVersion, instances } = row
    const state: DesiredState = { project, device, generation, issuedAtMs, trustVersion, instances: [...instances] }
    try {
      return desiredMessage.encode(signer.sign(PAYLOAD_TYPES.desired, encoder.encode(JSON.stringify(state))))
    } catch (error) {
      if (!(error instanceof OcelliError)) throw error
      problems.add(device, 'desired', error.code, error.message)
      return undefined
    }
  }

  const hold = () => {
    const held = {}
    const release = () => {
      cancel()
      if (holds.delete(held) && holds.size === 0) onReleased()
    }
    const cancel = clock.setTimer(MAX_HOLD_MS, release)
    holds.add(held)
    const toldUntilNow = async () => {
      await telling
      return ahead.size > 0 ? new Set(ahead) : undefined
    }
    return { told: toldUntilNow, release }
  }
  const released = async () => {
    if (holds.size > 0) await new Promise<void>((resolve) => (onReleased = resolve))
  }

  const run = async () => {
    if (!ports.isLeader()) return undefined
    await released()
    const all = everybody
    everybody = false
    isOutdated = false
    try {
      const startedMs = clock.monotonicMs()
      const keys = await store.desiredKeys(all ? 'all' : 'unreported')
      const nowMs = clock.monotonicMs()
      readMs = nowMs - startedMs
      if (!all) forgetAnswered(keys)
      // Version 0: no trust document yet, so no device could check the signature.
      const due = inOrder(keys.filter((key) => key.trustVersion > 0 && (all || isDue(key, nowMs))))
      const isMisled = ({ device, ...key }: DesiredKey) => !all && ahead.has(device) && !isSame(told.get(device), key)
      const [misled, others] = [due.filter(isMisled), due.filter((key) => !isMisled(key))]
      await tellInTurn(misled, all)
      if (misled.length > 0 && !hasRested) {
        // Some have answered already.
        for (const { device } of misled) if (told.has(device)) alone.add(device)
        aheadUntilMs = alone.size > 0 ? clock.monotonicMs() + AHEAD_MS : 0
      }
      hasRested = !all && clock.monotonicMs() < aheadUntilMs
      if (!hasRested) {
        alone.clear()
        if (await tellInTurn(others, all)) ahead.clear()
      }
    } catch (error) {
      everybody ||= all
      throw error
    }
    return nextDueMs()
  }
  /** False where it was cut short. */
  const tellInTurn = async (due: readonly DesiredKey[], all: boolean): Promise<boolean> => {
    const failures: unknown[] = []
    for (let start = 0; start < due.length; start += TOGETHER) {
      await released()
      // The commit has woken the loop: the rest is looked at anew, and at once.
      if (isOutdated && !all && start > 0) return false
      const told = tell(due.slice(start, start + TOGETHER))
      telling = told.catch(() => {})
      failures.push(...(await told))
    }
    if (failures.length > 0) throw failures[0]
    return true
  }
  const isDue = (key: DesiredKey, nowMs: number) => {
    const before = told.get(key.device)
    return !isSame(before, key) || nowMs >= dueMs(before)
  }
  const dueMs = ({ atMs, attempts }: Told) => {
    if (attempts === 0) return atMs + FIRST_RETRY_MS
    return atMs + Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1) + EACH_RETRY_MS * told.size, MAX_RETRY_MS)
  }
  /** Who was told something else last is about to start what may no longer be true; who is only told again can wait. */
  const inOrder = (keys: readonly DesiredKey[]) => {
    const isAgain = (key: DesiredKey) => Number(isSame(told.get(key.device), key))
    const atMs = ({ device }: DesiredKey) => toldAtMs.get(device) ?? 0
    return [...keys].sort((a, b) => isAgain(a) - isAgain(b) || atMs(b) - atMs(a))
  }
  /** Keeps no backoff of devices that have answered. */
  const forgetAnswered = (unreported: readonly DesiredKey[]) => {
    const open = new Set(unreported.map(({ device }) => device))
    for (const device of told.keys()) if (!open.has(device)) told.delete(device)
  }
  const nextDueMs = () => {
    const nowMs = clock.monotonicMs()
    let next = nowMs < aheadUntilMs ? aheadUntilMs : Number.POSITIVE_INFINITY
    for (const one of told.values()) next = Math.min(next, dueMs(one))
    return Number.isFinite(next) ? Math.max(next - nowMs, DEBOUNCE_MS) : undefined
  }
  /** When the last of those that are told alone has answered, the others need not wait. */
  const notAlone = (device: DeviceId) => {
    if (!alone.delete(device) || alone.size > 0) return
    aheadUntilMs = 0
    loop.wake()
  }
  const loop = startLoop(clock, ports.log, { name: 'publish', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })

  return {
    wake() {
      isOutdated = true
      loop.wake()
    },
    answered(device, { generation, trustVersion }) {
      const before = told.get(device)
      if (before === undefined || generation === undefined || trustVersion < before.trustVersion) return
      if (compareGenerations(generation, before.generation) !== 0) return
      told.delete(device)
      notAlone(device)
    },
    tellAll() {
      everybody = true
      loop.wake()
    },
    tell(device) {
      told.delete(device)
      ahead.delete(device)
      notAlone(device)
      loop.wake(gatheringOf(DEBOUNCE_MS, REST, readMs))
    },
    async forget(device) {
      toldAtMs.delete(device)
      told.delete(device)
      ahead.delete(device)
      notAlone(device)
      const levels = [topics.desired, topics.presence, topics.inventory, topics.reported]
      for (const topic of levels) await bus.publish(topic(device), new Uint8Array(), { qos: 1, retained: true })
    },
    hold,
    stop() {
      holds.clear()
      onReleased()
      return loop.stop()
    },
  }
}

function isSame(before: Told | undefined, key: Pick<DesiredKey, 'generation' | 'trustVersion'>): before is Told {
  if (before === undefined || before.trustVersion !== key.trustVersion) return false
  return compareGenerations(before.generation, key.generation) === 0
}
