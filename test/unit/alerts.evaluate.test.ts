/** The rules of `server/src/alerts/SPEC.md`, by their numbers. */
import type { DeviceId, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'
import { lookForCrashLoops, lookForSilence, type WatchedDevice } from '@ocelli/server/alerts/devices'
import { type Evaluation, evaluate } from '@ocelli/server/alerts/evaluate'
import { lookAtThreshold, lookForAbsence, lookForDrift, type Series } from '@ocelli/server/alerts/measurements'
import type { Look, Observation, Placed, Verdict } from '@ocelli/server/alerts/observation'
import { messagesOf } from '@ocelli/server/alerts/outbox'
import type { AlertRow, AlertRuleRow } from '@ocelli/server/domain/alerts'
import { describe, expect, it } from 'vitest'
import { deploymentId, deviceId, instanceId, NOON_MS } from '../support/store-rows.ts'

const device = deviceId(1)

function rule(spec: Partial<AlertSpec> = {}): AlertRuleRow {
  const condition = { deviceSilent: { afterMs: 1_000 } }
  const project = 'default' as ProjectId
  return { project, name: 'gone', spec: { condition, ...spec }, createdAtMs: 0, updatedAtMs: 0 }
}

function seen(verdict: Verdict, change: Partial<Observation> = {}): Observation {
  return {
    subject: device,
    verdict,
    device,
    deviceName: 'cam',
    labels: { floor: '1' },
    summary: 'cam is lost',
    ...change,
  }
}

const lookOf = (...observations: Observation[]): Look => ({ observations, hidden: () => false })
const idOf = (...words: readonly string[]) => words.join('.')

/** Alerts over several looks, as the store would keep them. */
class Timeline {
  open: AlertRow[] = []
  readonly events: [number, string][] = []
  readonly #rule: AlertRuleRow
  readonly #quietUntilMs: number

  constructor(alertRule: AlertRuleRow, quietUntilMs = 0) {
    this.#rule = alertRule
    this.#quietUntilMs = quietUntilMs
  }

  look(nowMs: number, look: Look): Evaluation {
    const change = evaluate({ rule: this.#rule, look, open: this.open, nowMs, quietUntilMs: this.#quietUntilMs, idOf })
    const gone = new Set([...change.remove, ...change.put.map(({ id }) => id)])
    this.open = [...this.open.filter(({ id }) => !gone.has(id)), ...change.put].filter(
      ({ state }) => state !== 'resolved',
    )
    for (const { event } of change.transitions) this.events.push([nowMs, event])
    return change
  }
}

describe('the state machine of alerts', () => {
  it('A1 fires once the condition was true for long enough, counted from when it became true', () => {
    const timeline = new Timeline(rule({ forMs: 100 }))
    expect(timeline.look(10, lookOf(seen('true', { sinceMs: 5 }))).againAtMs).toBe(105)
    timeline.look(104, lookOf(seen('true', { sinceMs: 5 })))
    expect(timeline.events).toEqual([])
    timeline.look(105, lookOf(seen('true', { sinceMs: 5 })))
    expect(timeline.events).toEqual([[105, 'alert.firing']])
    const late = new Timeline(rule({ forMs: 100 }))
    late.look(900, lookOf(seen('true', { sinceMs: 5 })))
    expect(late.events).toEqual([[900, 'alert.firing']])
  })

  it('A1 starts anew after a break', () => {
    const timeline = new Timeline(rule({ forMs: 100 }))
    timeline.look(0, lookOf(seen('true')))
    expect(timeline.look(50, lookOf(seen('false'))).remove).toHaveLength(1)
    timeline.look(60, lookOf(seen('true')))
    timeline.look(150, lookOf(seen('true')))
    expect(timeline.events).toEqual([])
    timeline.look(160, lookOf(seen('true')))
    expect(timeline.events).toEqual([[160, 'alert.firing']])
  })

  it('A2 fires once until it resolves, and again after that', () => {
    const timeline = new Timeline(rule())
    for (const [atMs, verdict] of [
      [1, 'true'],
      [2, 'true'],
      [3, 'false'],
      [4, 'false'],
      [5, 'true'],
    ] as const) {
      timeline.look(atMs, lookOf(seen(verdict)))
    }
    expect(timeline.events).toEqual([
      [1, 'alert.firing'],
      [3, 'alert.resolved'],
      [5, 'alert.firing'],
    ])
    expect(timeline.open).toHaveLength(1)
  })

  it('A3 does nothing where nothing is known', () => {
    const timeline = new Timeline(rule({ forMs: 100 }))
    timeline.look(0, lookOf(seen('unknown')))
    expect(timeline.open).toEqual([])
    timeline.look(10, lookOf(seen('true')))
    timeline.look(200, lookOf(seen('unknown')))
    expect(timeline.events).toEqual([])
    timeline.look(300, lookOf(seen('true')))
    timeline.look(400, lookOf(seen('unknown')))
    expect(timeline.events).toEqual([[300, 'alert.firing']])
    expect(timeline.open[0]?.state).toBe('firing')
  })

  it('A5 fires nothing within the grace time', () => {
    const timeline = new Timeline(rule(), 1_000)
    expect(timeline.look(10, lookOf(seen('true', { sinceMs: 0 }))).againAtMs).toBe(1_000)
    timeline.look(999, lookOf(seen('true')))
    expect(timeline.events).toEqual([])
    timeline.look(1_000, lookOf(seen('true')))
    expect(timeline.events).toEqual([[1_000, 'alert.firing']])
  })

  it('A6 names a message by alert, event and receiver; A8 leaves none while it is muted', () => {
    const told = rule({ notify: ['ops', 'desk'], groupWaitMs: 7 })
    const [transition] = new Timeline(told).look(5, lookOf(seen('true'))).transitions
    if (transition === undefined) return expect.unreachable()
    const messages = messagesOf(told, transition, 5, idOf)
    expect(messages.map(({ receiver, dueAtMs, state }) => [receiver, dueAtMs, state])).toEqual([
      ['ops', 12, 'pending'],
      ['desk', 12, 'pending'],
    ])
    expect(messagesOf(told, transition, 9, idOf).map(({ id }) => id)).toEqual(messages.map(({ id }) => id))
    expect(messagesOf({ ...told, mutedUntilMs: 6 }, transition, 5, idOf)).toEqual([])
  })

  it('A9 resolves what is no more, and waits for what is hidden', () => {
    const timeline = new Timeline(rule())
    timeline.look(1, lookOf(seen('true')))
    timeline.look(2, { observations: [], hidden: () => true })
    expect(timeline.events).toHaveLength(1)
    timeline.look(3, lookOf())
    expect(timeline.events.at(-1)).toEqual([3, 'alert.resolved'])
  })

  it('puts alerts into the group that the rule names', () => {
    const groupOf = (groupBy: string) => {
      const [alert] = new Timeline(rule({ groupBy })).look(1, lookOf(seen('true'))).put
      return alert?.alert.group
    }
    expect([groupOf('rule'), groupOf('device'), groupOf('label.floor')]).toEqual(['gone', device, 'floor=1'])
    expect(groupOf('none')).toMatch(/^a-/)
  })
})

describe('silence of a device', () => {
  const spec = { afterMs: 1_000 }
  const verdict = (change: Partial<WatchedDevice>, nowMs: number, sinceMs: number | undefined, offline?: 'ignored') => {
    const watched: WatchedDevice = {
      id: device,
      name: 'cam',
      labels: {},
      presence: 'online',
      presenceAtMs: 0,
      ...change,
    }
    const look = lookForSilence({ ...spec, ...(offline && { offline }) }, [watched], { nowMs, sinceMs, graceMs: 500 })
    return look.observations[0]?.verdict
  }

  it('begins when it was gone for long enough', () => {
    expect(verdict({ presence: 'online' }, 99_999, 0)).toBe('false')
    expect(verdict({ presence: 'lost', presenceAtMs: 10_000 }, 10_999, 0)).toBe('false')
    expect(verdict({ presence: 'lost', presenceAtMs: 10_000 }, 11_000, 0)).toBe('true')
    expect(verdict({ presence: 'offline', presenceAtMs: 10_000 }, 11_000, 0)).toBe('true')
    expect(verdict({ presence: 'offline', presenceAtMs: 10_000 }, 11_000, 0, 'ignored')).toBe('false')
  })

  it('A4 is never told from presence unknown alone', () => {
    const lost = { presence: 'unknown', presenceAtMs: 20_000, knownPresence: 'lost', knownAtMs: 10_000 } as const
    expect(verdict(lost, 20_499, 20_000)).toBe('unknown')
    expect(verdict(lost, 20_500, 20_000)).toBe('true')
    expect(verdict(lost, 99_999, undefined)).toBe('unknown')
    const online = { presence: 'unknown', presenceAtMs: 20_000, knownPresence: 'online', knownAtMs: 1 } as const
    expect(verdict(online, 21_499, 20_000)).toBe('unknown')
    expect(verdict(online, 21_500, 20_000)).toBe('true')
    expect(verdict(online, 99_999, undefined)).toBe('unknown')
    expect(verdict({ presence: 'unknown' }, 99_999, 0)).toBe('unknown')
  })
})

const placed: Placed = {
  instance: instanceId(1),
  device,
  deployment: deploymentId(1),
  deploymentName: 'people-count',
  sinceMs: 0,
}
const facts = (presence: WatchedDevice['presence'] = 'online') => ({
  devices: new Map<DeviceId, WatchedDevice>([
    [device, { id: device, name: 'cam', labels: {}, presence, presenceAtMs: 0 }],
  ]),
  placed: new Map<InstanceId, Placed>([[placed.instance, placed]]),
})
const series = (value: readonly number[], count = value.map(() => 10)): Series => ({
  name: 'people',
  unit: '1',
  device,
  instance: instanceId(1),
  atMs: value.map((_, index) => NOON_MS + index * 60_000),
  value,
  min: value.map((one) => one - 1),
  max: value.map((one) => one + 1),
  count,
})

describe('conditions', () => {
  it('see an instance that was given up, or was restarted often, while its device is online', () => {
    const failing = (state: string, restarts: number) =>
      [
        { id: instanceId(1), state, restarts, revision: 1, realisation: 'x', digest: '', healthy: false, sinceMs: 0 },
      ] as never
    const look = (presence: WatchedDevice['presence'], state: string, restarts: number, limit?: number) => {
      const watched = {
        id: device,
        name: 'cam',
        labels: {},
        presence,
        presenceAtMs: 0,
        failing: failing(state, restarts),
      }
      return lookForCrashLoops(limit === undefined ? {} : { restarts: limit }, [watched], facts().placed)
    }
    expect(look('online', 'crashLoop', 10).observations).toMatchObject([
      { verdict: 'true', subject: instanceId(1), summary: 'people-count was given up on cam after 10 restarts' },
    ])
    expect(look('online', 'backoff', 4).observations).toEqual([])
    expect(look('online', 'backoff', 4, 4).observations).toHaveLength(1)
    const away = look('lost', 'crashLoop', 10)
    expect(away.observations).toEqual([])
    expect(away.hidden({ device })).toBe(true)
  })

  it('compare a measurement over a window with its limits', () => {
    const at = (change: object, ...value: number[]) =>
      lookAtThreshold({ name: 'people', windowMs: 120_000, above: 5, ...change }, [series(value)], facts())
        .observations[0]
    expect(at({}, 4, 6)).toMatchObject({ verdict: 'false', value: 5, limit: 5 })
    expect(at({}, 5, 6)).toMatchObject({ verdict: 'true', value: 5.5, name: 'people', deploymentName: 'people-count' })
    expect(at({ aggregate: 'max' }, 5, 5)?.value).toBe(6)
    expect(at({ aggregate: 'min', above: undefined, below: 5 }, 5, 9)).toMatchObject({
      verdict: 'true',
      value: 4,
      limit: 5,
    })
    expect(at({ aggregate: 'count' }, 1, 1)?.value).toBe(20)
    expect(at({ aggregate: 'sum' }, 1, 2)?.value).toBe(30)
    expect(at({ aggregate: 'last' }, 9, 2)?.value).toBe(2)
    const mixed = lookAtThreshold({ name: 'people', windowMs: 120_000, above: 5 }, [series([10, 0], [1, 9])], facts())
    expect(mixed.observations[0]?.value).toBe(1)
  })

  it('miss a measurement of an instance that should run, while its device is online', () => {
    const last = (receivedAtMs: number) => [
      { name: 'people', unit: '1', device, instance: instanceId(1), receivedAtMs },
    ]
    const look = (nowMs: number, presence: WatchedDevice['presence'] = 'online', known = last(1_000)) =>
      lookForAbsence({ name: 'people', windowMs: 60_000 }, known, facts(presence), nowMs)
    expect(look(60_999)).toMatchObject({ observations: [{ verdict: 'false' }], againAtMs: 61_000 })
    expect(look(61_000).observations).toMatchObject([{ verdict: 'true', sinceMs: 61_000 }])
    expect(look(99_000, 'lost').observations).toMatchObject([{ verdict: 'unknown' }])
    expect(look(99_000, 'online', []).observations).toEqual([])
    const named = { name: 'people', windowMs: 60_000, deployment: 'people-count' }
    expect(lookForAbsence(named, [], facts(), 60_000).observations).toMatchObject([{ verdict: 'true' }])
  })

  it('see a drift away from its own past, and none where the past says too little', () => {
    const spec = { name: 'people', windowMs: 60_000, pastMs: 600_000, deviations: 3 }
    const past = series([9, 11, 9, 11, 9, 11])
    const look = (recent: number, before = past, change = {}) =>
      lookForDrift({ ...spec, ...change }, [series([recent])], [before], facts()).observations
    expect(look(12.9)).toMatchObject([{ verdict: 'false', value: 12.9, limit: 13 }])
    expect(look(13.1)).toMatchObject([{ verdict: 'true' }])
    expect(look(6.9)).toMatchObject([{ verdict: 'true', limit: 7 }])
    expect(look(13.1, past, { minChange: 4 })).toMatchObject([{ verdict: 'false' }])
    expect(look(99, series([9, 11]))).toEqual([])
  })
})
