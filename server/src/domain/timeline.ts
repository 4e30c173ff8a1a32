/** What happened to a device, in sentences. */
import type { TimelineEntry } from '@ocelli/schemas/api/history'
import type { DeploymentId, InstanceId } from '@ocelli/schemas/ids'
import type { AlertRow } from './alerts.ts'
import type { AuditRow } from './records.ts'

export interface TimelineNote {
  readonly id: number
  readonly atMs: number
  readonly kind: 'presence' | 'desired' | 'instance'
  readonly instance?: InstanceId
  readonly detail: Readonly<Record<string, unknown>>
}

export interface DeploymentOf {
  readonly id: DeploymentId
  readonly name: string
}

type Entry = Omit<TimelineEntry, 'id'>

const PRESENCE: Readonly<Record<string, readonly [Entry['severity'], string]>> = {
  online: ['info', 'came online'],
  offline: ['info', 'said goodbye'],
  lost: ['critical', 'was lost: its connection ended without a goodbye'],
  unknown: ['info', 'was not heard yet: the server or the broker started'],
}

/** Newest first; of one time the later id first. */
export function timelineOf(facts: {
  readonly notes: readonly TimelineNote[]
  readonly audit: readonly (AuditRow & { readonly id: number })[]
  readonly alerts: readonly AlertRow[]
  readonly deployments: ReadonlyMap<string, DeploymentOf>
}): TimelineEntry[] {
  const entries = [
    ...facts.notes.map((note) => ({ id: entryId('n', note.atMs, note.id), ...noteEntry(note, facts.deployments) })),
    ...facts.audit.map((row) => ({ id: entryId('u', row.atMs, row.id), ...auditEntry(row) })),
    ...facts.alerts.flatMap(alertEntries),
  ]
  return entries.sort((a, b) => (a.id < b.id ? 1 : -1))
}

/** Sorts by time, then by number within one source: both are written at one width. */
function entryId(source: string, atMs: number, number: number | string): string {
  const text = typeof number === 'number' ? String(number).padStart(12, '0') : number
  return `${String(atMs).padStart(14, '0')}-${source}-${text}`
}

/** Time of an id; undefined where it is none. */
export function timeOfEntry(id: string): number | undefined {
  const [, atMs] = /^(\d{14})-[nua]-[\w-]{1,64}$/.exec(id) ?? []
  return atMs === undefined ? undefined : Number(atMs)
}

function noteEntry(note: TimelineNote, deployments: ReadonlyMap<string, DeploymentOf>): Entry {
  const { atMs, kind, instance, detail } = note
  if (kind === 'presence') {
    const [severity, text] = PRESENCE[String(detail.state)] ?? ['info', `is ${String(detail.state)}`]
    return { atMs, kind, severity, text, detail: { ...detail } }
  }
  if (kind === 'desired') return { atMs, kind, severity: 'info', text: desiredText(detail), detail: { ...detail } }
  const deployment = instance === undefined ? undefined : deployments.get(instance)
  const what = deployment?.name ?? instance ?? 'an instance'
  return {
    atMs,
    ...instanceEntry(what, detail),
    ...(deployment !== undefined && { deployment: deployment.id, deploymentName: deployment.name }),
    ...(instance !== undefined && { instance }),
    detail: { ...detail },
  }
}

function desiredText({ generation, instances }: TimelineNote['detail']): string {
  const wanted = Array.isArray(instances) ? instances.map(instanceName) : []
  const what = wanted.length === 0 ? 'nothing' : wanted.join(', ')
  const { epoch, counter } = isFields(generation) ? generation : {}
  return `should run ${what} (generation ${String(epoch)}.${String(counter)})`
}

function instanceName(instance: unknown): string {
  if (!isFields(instance)) return 'an instance'
  const name = isFields(instance.deployment) ? instance.deployment.name : undefined
  return `${String(name ?? instance.id)} revision ${String(instance.revision)}`
}

function instanceEntry(what: string, detail: TimelineNote['detail']): Pick<Entry, 'kind' | 'severity' | 'text'> {
  const { state, healthy, restarts } = detail
  const revision = `revision ${String(detail.revision)}`
  const { code, message } = isFields(detail.error) ? detail.error : {}
  const why = message === undefined ? '' : `: ${String(message)} [${String(code)}]`
  switch (state) {
    case 'running':
      if (healthy === true) return { kind: 'reported', severity: 'info', text: `${what} ${revision} is healthy` }
      if (Number(restarts) > 0) {
        return {
          kind: 'reported',
          severity: 'info',
          text: `${what} ${revision} runs again after restart ${String(restarts)}`,
        }
      }
      return { kind: 'deployed', severity: 'info', text: `${what} ${revision} runs` }
    case 'backoff':
      return {
        kind: 'crashed',
        severity: 'warning',
        text: `${what} ${revision} failed and is started again later${why}`,
      }
    case 'crashLoop':
      return {
        kind: 'crashed',
        severity: 'critical',
        text: `${what} ${revision} failed too often and was given up${why}`,
      }
    case 'refused':
      return { kind: 'crashed', severity: 'critical', text: `the agent refused ${what} ${revision}${why}` }
    case 'removed':
      return { kind: 'reported', severity: 'info', text: `${what} is gone` }
    default:
      return { kind: 'reported', severity: 'info', text: `${what} ${revision} is ${String(state)}${why}` }
  }
}

function auditEntry({ atMs, actor, action, subject, detail }: AuditRow): Entry {
  const common = { atMs, severity: 'info', actor, detail: { ...detail } } as const
  if (action === 'enrol') return { ...common, kind: 'enrolled', text: 'enrolled' }
  if (action === 'command.send') {
    const name = detail.name === undefined ? '' : ` ${String(detail.name)}`
    return { ...common, kind: 'command', text: `${actor} sent the command ${String(detail.action)}${name}` }
  }
  return { ...common, kind: 'audit', text: `${actor}: ${action} ${subject}` }
}

function alertEntries({ id, rule, severity, alert }: AlertRow): TimelineEntry[] {
  const common = { kind: 'alert', alert: id, detail: { rule, severity, summary: alert.summary } } as const
  const { firedAtMs, resolvedAtMs } = alert
  return [
    ...(firedAtMs === undefined
      ? []
      : [
          {
            ...common,
            id: entryId('a', firedAtMs, `${id}-1`),
            atMs: firedAtMs,
            severity,
            text: `alert ${rule}: ${alert.summary}`,
          },
        ]),
    ...(firedAtMs === undefined || resolvedAtMs === undefined
      ? []
      : [
          {
            ...common,
            id: entryId('a', resolvedAtMs, `${id}-2`),
            atMs: resolvedAtMs,
            severity: 'info',
            text: `alert ${rule} resolved`,
          } as const,
        ]),
  ]
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
