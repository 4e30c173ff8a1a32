/**
 * Looks at what alert rules are about and commits what changes, with the messages that tell of it. Only rules whose
 * subjects may have changed are looked at: devices when one was heard or lost, measurements when sums were made, all
 * when a time comes. Nothing is kept here but that; a new leader goes on from what is committed.
 */
import type { DeviceId, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import { idText } from '@ocelli/schemas/ids'
import type { ActionContext } from '../actions/context.ts'
import { lookForCrashLoops, lookForSilence, type WatchedDevice } from '../alerts/devices.ts'
import { type Evaluation, evaluate } from '../alerts/evaluate.ts'
import { lookAtThreshold, lookForAbsence, lookForDrift, type Series } from '../alerts/measurements.ts'
import type { Look, Placed } from '../alerts/observation.ts'
import { messagesOf } from '../alerts/outbox.ts'
import { compileAlertTarget, readsFacts } from '../alerts/target.ts'
import type { AlertRuleRow } from '../domain/alerts.ts'
import type { Log } from '../log.ts'
import type { RangeRead, RangeRow } from '../store/monitoring.ts'
import { startLoop } from './loop.ts'

/** Gathers what happens at once, as when a switch dies with all its devices. */
const DEBOUNCE_MS = 500
/** Every rule is looked at this often, whatever happens: made good is what no wake told. */
const EVERY_MS = 30_000
/** Who belongs to a fleet or is selected changes rarely, and reading all facts is dear. */
const TARGET_AGE_MS = 30_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** A past this long is read by hour. */
const PAST_BY_HOUR_MS = 24 * HOUR_MS
const MAX_SERIES = 100_000

/** Agents say all they have said again every two minutes: who was not heard after that is not there. */
export const ALERT_GRACE_MS = 150_000

export interface Alerts {
  /** A device was heard or lost. */
  deviceChanged(): void
  /** New sums by minute are there. */
  sumsChanged(): void
  /** Rules changed. */
  wake(): void
  evaluatedAtMs(project: ProjectId, rule: string): number | undefined
  stop(): Promise<void>
}

type Cause = 'devices' | 'sums'

export function createAlerts(ports: {
  readonly context: Pick<ActionContext, 'store' | 'clock' | 'hash'>
  readonly log: Log
  readonly isLeader: () => boolean
  /** Since when this process leads and the broker is reached; undefined while it is not. */
  readonly listeningSinceMs: () => number | undefined
  readonly graceMs?: number
  /** Messages wait to be sent. */
  readonly onMessages: () => void
}): Alerts {
  const { log, isLeader, listeningSinceMs, graceMs = ALERT_GRACE_MS } = ports
  const { store, clock, hash } = ports.context
  const due = new Map<string, number>()
  const evaluated = new Map<string, number>()
  const targets = new Map<
    string,
    { readonly untilMs: number; readonly spec: string; readonly ids: ReadonlySet<DeviceId> }
  >()
  const causes = new Set<Cause>()
  const idOf = (...words: readonly string[]) => idText(hash(new TextEncoder().encode(words.join('\n'))))

  const targeted = async (rule: AlertRuleRow): Promise<(id: DeviceId, name: string) => boolean> => {
    const { project, spec } = rule
    const named = spec.target?.devices && new Set<string>(spec.target.devices)
    if (!readsFacts(spec)) return (id, name) => named === undefined || named.has(id) || named.has(name)
    const key = keyOf(rule)
    const text = JSON.stringify(spec.target)
    const known = targets.get(key)
    if (known !== undefined && known.spec === text && known.untilMs > clock.monotonicMs())
      return (id) => known.ids.has(id)
    const test = compileAlertTarget(spec, await store.fleets(project))
    const ids = new Set((await store.devices(project)).filter(test).map(({ id }) => id))
    targets.set(key, { untilMs: clock.monotonicMs() + TARGET_AGE_MS, spec: text, ids })
    return (id) => ids.has(id)
  }

  /** What several rules of a project look at, read once a round. */
  const picture = (project: ProjectId) => {
    let devices: Promise<readonly WatchedDevice[]> | undefined
    let placed: Promise<ReadonlyMap<InstanceId, Placed>> | undefined
    return {
      devices: () => (devices ??= store.deviceFacts(project)),
      placed: () => (placed ??= readPlaced(project)),
    }
  }
  const readPlaced = async (project: ProjectId): Promise<ReadonlyMap<InstanceId, Placed>> => {
    const [placements, deployments] = await Promise.all([store.placements(project), store.deployments(project)])
    const byId = new Map(deployments.map((row) => [row.id, row]))
    return new Map(
      placements.flatMap(({ instance, device, deployment, imager, role }) => {
        const owner = byId.get(deployment)
        if (owner === undefined || role === 'shadow') return []
        const one = { instance, device, deployment, deploymentName: owner.name, sinceMs: owner.updatedAtMs }
        return [[instance, { ...one, ...(imager !== undefined && { imager }) }] as const]
      }),
    )
  }

  const look = async (rule: AlertRuleRow, seen: ReturnType<typeof picture>, nowMs: number): Promise<Look> => {
    const { condition } = rule.spec
    const isTarget = await targeted(rule)
    const devices = (await seen.devices()).filter(({ id, name }) => isTarget(id, name))
    if (condition.deviceSilent !== undefined) {
      return lookForSilence(condition.deviceSilent, devices, { nowMs, sinceMs: listeningSinceMs(), graceMs })
    }
    const placed = await seen.placed()
    if (condition.instanceCrashLooping !== undefined) {
      return lookForCrashLoops(condition.instanceCrashLooping, devices, placed)
    }
    const facts = { devices: new Map(devices.map((device) => [device.id, device])), placed }
    const { threshold, absence, drift } = condition
    if (absence !== undefined) return lookForAbsence(absence, await store.lastValues(rule.project, {}), facts, nowMs)
    // The minute that runs belongs to the window; it began at most a minute ago.
    const nextMinuteMs = nowMs - (nowMs % MINUTE_MS) + MINUTE_MS
    const series = (name: string, fromMs: number, toMs: number, last = false) =>
      readSeries({ project: rule.project, name, fromMs, toMs, last })
    if (threshold !== undefined) {
      const { name, windowMs, deployment } = threshold
      const rows = await series(name, nextMinuteMs - windowMs, nextMinuteMs, threshold.aggregate === 'last')
      return { ...lookAtThreshold(threshold, ofDeployment(rows, placed, deployment), facts), againAtMs: nextMinuteMs }
    }
    if (drift === undefined) return { observations: [], hidden: () => true }
    const { name, windowMs, pastMs, deployment } = drift
    const startMs = nextMinuteMs - windowMs
    const [recent, past] = await Promise.all([
      series(name, startMs, nextMinuteMs),
      series(name, startMs - pastMs, startMs),
    ])
    const own = (rows: readonly Series[]) => ofDeployment(rows, placed, deployment)
    return { ...lookForDrift(drift, own(recent), own(past), facts), againAtMs: nextMinuteMs }
  }

  const readSeries = async (read: {
    readonly project: ProjectId
    readonly name: string
    readonly fromMs: number
    readonly toMs: number
    readonly last: boolean
  }): Promise<Series[]> => {
    const byHour = read.toMs - read.fromMs > PAST_BY_HOUR_MS
    const intervalMs = byHour ? HOUR_MS : MINUTE_MS
    const request: RangeRead = {
      project: read.project,
      source: byHour ? 'hour' : 'minute',
      fromMs: Math.max(0, read.fromMs - (read.fromMs % intervalMs)),
      toMs: read.toMs,
      intervalMs,
      names: [read.name],
      role: 'live',
      groupBy: 'instance',
      aggregate: read.last ? 'last' : 'mean',
      combine: 'mean',
      maxSeries: MAX_SERIES,
    }
    return (await store.ranges(request)).flatMap(seriesOf)
  }

  const round = async (project: ProjectId, woken: ReadonlySet<Cause>): Promise<number> => {
    const rules = await store.alertRules(project)
    const nowMs = clock.wallMs()
    const wanted = rules.filter((rule) => woken.has(causeOf(rule)) || (due.get(keyOf(rule)) ?? 0) <= nowMs)
    if (wanted.length > 0) {
      const seen = picture(project)
      const open = await store.openAlerts(project)
      const listening = listeningSinceMs()
      const quietUntilMs = listening === undefined ? Number.POSITIVE_INFINITY : listening + graceMs
      for (const rule of wanted) {
        const change = evaluate({
          rule,
          look: await look(rule, seen, nowMs),
          open: open.filter((alert) => alert.rule === rule.name),
          nowMs,
          quietUntilMs,
          idOf,
        })
        if (!(await commit(rule, change, nowMs))) continue
        due.set(keyOf(rule), Math.min(change.againAtMs ?? Number.POSITIVE_INFINITY, nowMs + EVERY_MS))
        evaluated.set(keyOf(rule), nowMs)
      }
    }
    return Math.min(...rules.map((rule) => due.get(keyOf(rule)) ?? nowMs), Number.POSITIVE_INFINITY)
  }

  /** False where another was first: the rule stays due. */
  const commit = async (rule: AlertRuleRow, change: Evaluation, nowMs: number): Promise<boolean> => {
    const { put, remove, transitions } = change
    if (put.length === 0 && remove.length === 0) return true
    const deliveries = transitions.flatMap((one) => messagesOf(rule, one, nowMs, idOf))
    const committed = (await store.commitAlerts({ alerts: put, remove, deliveries, audit: [] })) === 'committed'
    if (committed && transitions.length > 0) {
      log.info({ rule: rule.name, transitions: transitions.length }, 'alerts changed')
      ports.onMessages()
    }
    return committed
  }

  const run = async () => {
    if (!isLeader()) return undefined
    const woken = new Set(causes)
    causes.clear()
    let nextMs = Number.POSITIVE_INFINITY
    try {
      for (const project of await store.projects()) nextMs = Math.min(nextMs, await round(project, woken))
    } catch (error) {
      for (const cause of woken) causes.add(cause)
      throw error
    }
    return Number.isFinite(nextMs) ? Math.max(DEBOUNCE_MS, nextMs - clock.wallMs()) : undefined
  }
  const loop = startLoop(clock, log, { name: 'alerts', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })
  const changed = (cause: Cause) => {
    causes.add(cause)
    if (isLeader()) loop.wake()
  }
  return {
    deviceChanged: () => changed('devices'),
    sumsChanged: () => changed('sums'),
    wake() {
      due.clear()
      targets.clear()
      loop.wake()
    },
    evaluatedAtMs: (project, rule) => evaluated.get(`${project} ${rule}`),
    stop: () => loop.stop(),
  }
}

const keyOf = ({ project, name }: AlertRuleRow) => `${project} ${name}`

/** What wakes a rule; one about absence waits for its time alone. */
function causeOf({ spec: { condition } }: AlertRuleRow): Cause {
  return condition.deviceSilent !== undefined || condition.instanceCrashLooping !== undefined ? 'devices' : 'sums'
}

function seriesOf({ device, instance, imager, deployment, ...row }: RangeRow): Series[] {
  if (device === undefined || instance === undefined) return []
  const traits = { ...(imager !== undefined && { imager }), ...(deployment !== undefined && { deployment }) }
  return [{ ...row, device, instance, ...traits }]
}

function ofDeployment(
  rows: readonly Series[],
  placed: ReadonlyMap<InstanceId, Placed>,
  deployment: string | undefined,
): readonly Series[] {
  if (deployment === undefined) return rows
  return rows.filter(({ instance }) => placed.get(instance)?.deploymentName === deployment)
}
