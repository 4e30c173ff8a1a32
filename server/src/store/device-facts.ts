/** Rules about devices that every adapter applies alike. */
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import { isOlderSession, type Session } from '@ocelli/schemas/messages/session'
import { sameJson } from '@ocelli/schemas/same-json'
import type { DesiredRow } from '../domain/records.ts'

/** What the scheduler and selectors read of an inventory; the rest changes with each start and moves no placement. */
export const SCHEDULED_FACTS = ['agent', 'platform', 'imagers', 'interfaces'] as const satisfies (keyof Inventory)[]

/** The smallest free name: the wanted one, or with -2, -3 and so on behind it. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  if (!taken(wanted)) return wanted
  for (let suffix = 2; ; suffix++) {
    const name = `${wanted}-${suffix}`
    if (!taken(name)) return name
  }
}

/** Whether a message of `session` comes from an older run than any that was heard already. */
export function isStale(session: Session, ...heard: readonly (Session | undefined)[]): boolean {
  return heard.some((other) => other !== undefined && isOlderSession(session, other))
}

/** Whether the scheduler would see a difference between two inventories. */
export function factsDiffer(before: Inventory | undefined, after: Inventory): boolean {
  return before === undefined || SCHEDULED_FACTS.some((fact) => !sameJson(before[fact], after[fact]))
}

/** What a timeline tells of an instance. */
export function instanceFacts(instance: ReportedInstance): Readonly<Record<string, unknown>> {
  const { state, revision, healthy, restarts, exitCode, error } = instance
  return {
    state,
    revision,
    healthy,
    restarts,
    ...(exitCode !== undefined && { exitCode }),
    ...(error !== undefined && { error }),
  }
}

/** What a timeline tells of a desired state. */
export function desiredFacts({ generation, instances }: DesiredRow): Readonly<Record<string, unknown>> {
  return { generation, instances: instances.map(({ id, deployment, revision }) => ({ id, deployment, revision })) }
}

/** Whether a timeline tells of what became of an instance. */
export function instanceChanged(before: ReportedInstance | undefined, after: ReportedInstance | undefined): boolean {
  return (['state', 'revision', 'healthy', 'restarts'] as const).some((trait) => before?.[trait] !== after?.[trait])
}
