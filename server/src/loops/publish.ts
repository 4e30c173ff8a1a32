/**
 * Publishes desired state, signed and retained, until the device reports it. A device that does not answer is told
 * again with backoff; when the broker comes back everybody is told, since retained messages may be gone.
 *
 * A commit does not wait for what is being told: who has yet to be told hears the newest state anyway, and who was told
 * what is no longer true (a push that was aborted) hears of it first, before it starts more.
 */

import { PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { DesiredState } from '@ocelli/schemas/messages/desired'
import { desired as desiredMessage } from '@ocelli/schemas/messages/desired'
import { topics } from '@ocelli/schemas/topics'
import type { DesiredRow } from '../domain/records.ts'
import type { Log } from '../log.ts'
import type { Bus, Clock, Signer } from '../ports.ts'
import type { DesiredKey, IntentStore } from '../store/store.ts'
import { startLoop } from './loop.ts'
import { forEachLimited } from './pool.ts'
import type { Problems } from './problems.ts'

const DEBOUNCE_MS = 5
/** What devices answer changes only who need not be told again: of a whole fleet it is looked at together. */
const ANSWERS_MS = 500
/** Desired states that are read, signed and published at a time: their documents need not all be in memory. */
const TOGETHER = 200
const WIDTH = 64
/** First wait before a device is told again: it has to fetch and to start instances before it reports. */
const FIRST_RETRY_MS = 5_000
/** So much longer for each other device that has yet to answer: a fleet that is told at once takes its time to. */
const EACH_RETRY_MS = 5
/** A device that is offline finds the retained message; this covers a broker that lost it unnoticed. */
const MAX_RETRY_MS = 300_000
/** A lost wake is made good by this. */
const EVERY_MS = 30_000
/** A decision that takes longer keeps nobody from being told. */
const MAX_HOLD_MS = 10_000

interface Told {
  readonly generation: string
  readonly attempts: number
  readonly nextMs: number
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
  /** A device said what it runs. */
  answered(): void
  /** The broker was started or reached again, or this process just took the lead: everybody is told. */
  tellAll(): void
  /** The device is here again: it is told without backoff if it still runs something else. */
  tell(device: DeviceId): void
  /** Tells nobody more until the returned function is called, at most for `MAX_HOLD_MS`: what is told is about to change. */
  hold(): () => void
  /** Clears what the broker retains of a device that was deleted. */
  forget(device: DeviceId): Promise<void>
  stop(): Promise<void>
}

const encoder = new TextEncoder()

export function createPublish(ports: PublishPorts): Publish {
  const { store, bus, clock, signer, problems } = ports
  /** Of devices that have yet to answer. */
  const told = new Map<DeviceId, Told>()
  const toldAtMs = new Map<DeviceId, number>()
  let everybody = false
  /** Desired states were committed since the keys were read. */
  let isOutdated = false
  const holds = new Set<object>()
  let onReleased = () => {}

  const tell = async (keys: readonly DesiredKey[]): Promise<readonly unknown[]> => {
    const projects = new Map(keys.map(({ device, project }) => [device, project]))
    const rows = await store.desiredOf([...projects.keys()])
    return forEachLimited(rows, WIDTH, async (row) => {
      const project = projects.get(row.device)
      if (project !== undefined) await publish(row, project)
    })
  }

  const publish = async (row: DesiredRow, project: ProjectId) => {
    const generation = keyOf(row)
    const before = told.get(row.device)
    const attempts = before?.generation === generation ? before.attempts + 1 : 1
    const payload = encode(row, project)
    const taken =
      payload !== undefined && (await bus.publish(topics.desired(row.device), payload, { qos: 1, retained: true }))
    const waitMs = payload === undefined || taken ? retryMs(attempts, told.size) : FIRST_RETRY_MS
    toldAtMs.set(row.device, clock.monotonicMs())
    told.set(row.device, { generation, attempts: taken ? attempts : 0, nextMs: clock.monotonicMs() + waitMs })
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
    return release
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
      const keys = await store.desiredKeys(all ? 'all' : 'unreported')
      if (!all) forgetAnswered(keys)
      const nowMs = clock.monotonicMs()
      // Version 0: no trust document yet, so no device could check the signature.
      const due = inOrder(keys.filter((key) => key.trustVersion > 0 && (all || isDue(key, nowMs))))
      const failures: unknown[] = []
      for (let start = 0; start < due.length; start += TOGETHER) {
        await released()
        // The commit has woken the loop: the rest is looked at anew, and at once.
        if (isOutdated && !all && start > 0) break
        failures.push(...(await tell(due.slice(start, start + TOGETHER))))
      }
      if (failures.length > 0) throw failures[0]
    } catch (error) {
      everybody ||= all
      throw error
    }
    return nextDueMs()
  }
  const isDue = (key: DesiredKey, nowMs: number) => {
    const before = told.get(key.device)
    return before === undefined || before.generation !== keyOf(key) || before.nextMs <= nowMs
  }
  /** Who was told something else last is about to start what may no longer be true; who is only told again can wait. */
  const inOrder = (keys: readonly DesiredKey[]) => {
    const isAgain = (key: DesiredKey) => Number(told.get(key.device)?.generation === keyOf(key))
    const atMs = ({ device }: DesiredKey) => toldAtMs.get(device) ?? 0
    return [...keys].sort((a, b) => isAgain(a) - isAgain(b) || atMs(b) - atMs(a))
  }
  /** Keeps no backoff of devices that have answered. */
  const forgetAnswered = (unreported: readonly DesiredKey[]) => {
    const open = new Set(unreported.map(({ device }) => device))
    for (const device of told.keys()) if (!open.has(device)) told.delete(device)
  }
  const nextDueMs = () => {
    let next = Number.POSITIVE_INFINITY
    for (const { nextMs } of told.values()) next = Math.min(next, nextMs)
    return Number.isFinite(next) ? Math.max(next - clock.monotonicMs(), DEBOUNCE_MS) : undefined
  }
  const loop = startLoop(clock, ports.log, { name: 'publish', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })

  return {
    wake() {
      isOutdated = true
      loop.wake()
    },
    answered: () => loop.wake(ANSWERS_MS),
    tellAll() {
      everybody = true
      loop.wake()
    },
    tell(device) {
      told.delete(device)
      loop.wake()
    },
    async forget(device) {
      toldAtMs.delete(device)
      told.delete(device)
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

function retryMs(attempts: number, others: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1) + EACH_RETRY_MS * others, MAX_RETRY_MS)
}

function keyOf({ generation, trustVersion }: Pick<DesiredKey, 'generation' | 'trustVersion'>): string {
  return `${generation.epoch}.${generation.counter}.${trustVersion}`
}
