/**
 * Sends what the outbox of alerts holds, tries again with growing pauses, and gives up in the end. A message that was
 * sent but not noted, as the process died in between, is sent again with the same id and content.
 */
import type { WebhookBody } from '@ocelli/schemas/api/alert'
import type { ProjectId } from '@ocelli/schemas/ids'
import type { DeliveryRow, ReceiverRow } from '../domain/alerts.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'
import type { AlertStore } from '../store/monitoring.ts'
import { type Loop, startLoop } from './loop.ts'
import { forEachLimited } from './pool.ts'

/** A receiver that is away for a day has heard of everything afterwards; then somebody must look. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 28_800_000,
]
const WIDTH = 4
const MESSAGES = 32
/** A lost wake is made good by this. */
const EVERY_MS = 30_000

/** Sends one message; `gone` where the receiver says that it wants no more, ever. */
export type SendWebhook = (
  receiver: ReceiverRow,
  message: { readonly id: string; readonly timestampSeconds: number; readonly body: string },
) => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: string; readonly gone: boolean }>

export function createWebhooks(ports: {
  readonly store: AlertStore
  readonly clock: Clock
  readonly log: Log
  readonly isLeader: () => boolean
  readonly send: SendWebhook
  readonly pausesMs?: readonly number[]
}): Loop {
  const { store, clock, log, pausesMs = RETRY_PAUSES_MS } = ports

  const deliver = async (parts: readonly DeliveryRow[], receiver: ReceiverRow | undefined) => {
    const [first] = parts
    if (first?.batch === undefined) return
    if (receiver === undefined) {
      return store.settleDeliveries(first.batch, { state: 'dead', error: `there is no receiver ${first.receiver}` })
    }
    const body = JSON.stringify(bodyOf(parts, first))
    const timestampSeconds = Math.floor(clock.wallMs() / 1000)
    const sent = await ports.send(receiver, { id: first.batch, timestampSeconds, body })
    const atMs = clock.wallMs()
    if (sent.ok) return store.settleDeliveries(first.batch, { state: 'delivered', atMs })
    const pauseMs = sent.gone ? undefined : pausesMs[first.attempts]
    log.warn({ receiver: first.receiver, message: first.batch, error: sent.error, pauseMs }, 'a webhook was not taken')
    if (pauseMs === undefined) return store.settleDeliveries(first.batch, { state: 'dead', error: sent.error })
    await store.settleDeliveries(first.batch, { state: 'pending', dueAtMs: atMs + pauseMs, error: sent.error })
  }

  const run = async () => {
    if (!ports.isLeader()) return undefined
    const due = await store.dueDeliveries(clock.wallMs(), MESSAGES)
    const messages = new Map<string, DeliveryRow[]>()
    for (const part of due) messages.set(part.batch ?? '', [...(messages.get(part.batch ?? '') ?? []), part])
    const receivers = new Map<ProjectId, readonly ReceiverRow[]>()
    for (const { project } of due) if (!receivers.has(project)) receivers.set(project, await store.receivers(project))
    const failures = await forEachLimited([...messages.values()], WIDTH, async (parts) => {
      const [first] = parts
      const known = first === undefined ? undefined : receivers.get(first.project)
      await deliver(
        parts,
        known?.find(({ name }) => name === first?.receiver),
      )
    })
    if (failures.length > 0) throw failures[0]
    const nextMs = await store.nextDelivery()
    return nextMs === undefined ? undefined : Math.max(0, nextMs - clock.wallMs())
  }
  return startLoop(clock, log, { name: 'webhooks', debounceMs: 0, everyMs: EVERY_MS, run })
}

function bodyOf(parts: readonly DeliveryRow[], first: DeliveryRow): WebhookBody {
  return {
    type: first.content.event === 'alert.test' ? 'test' : 'alerts',
    project: first.project,
    rule: first.rule,
    group: first.groupKey,
    timestampMs: Math.min(...parts.map(({ createdAtMs }) => createdAtMs)),
    alerts: parts.map(({ id, content }) => ({
      delivery: id,
      event: content.event,
      atMs: content.atMs,
      ...(content.alert !== undefined && { alert: content.alert }),
    })),
  }
}
