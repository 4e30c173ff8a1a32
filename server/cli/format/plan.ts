/** Plans and explanations as text: who gets what, who does not, and why, with the numbers. */
import type { PlannedChange, PlanResponse } from '@ocelli/schemas/api/change'
import type {
  ChangePlan,
  ComponentUpgrade,
  DeploymentPlan,
  DeviceChange,
  DeviceDecision,
  ExceededReach,
  Placement,
  Reason,
} from '@ocelli/schemas/api/plan'
import { plannedText } from './rollout.ts'
import { plural } from './text.ts'

/** Whether some deployment has no placement at all, or lacks a grant: what `plan` ends with exit code 2 for. */
export function cannotBePlaced(plan: ChangePlan): boolean {
  return plan.deployments.some(
    (deployment) => deployment.grants.missing.length > 0 || deployment.placements.length === 0,
  )
}

/** Every change by itself, then what all of them together do to each device. */
export function planText({ check, changes, touched }: PlanResponse): string {
  const each = changes.map(changeText)
  if (changes.length > 1) {
    const all = touched.map((device) => `  ${device.name}: ${deviceChangeText(device)}`)
    each.push([`all together touch ${plural(touched.length, 'device')}`, ...all].join('\n'))
  }
  return `${each.join('\n\n')}\ncheck ${check}`
}

export function changeText(change: PlannedChange): string {
  const { plan } = change
  const lines = [`${describeKind(change.kind)} ${change.name}`.trim()]
  for (const upgrade of change.upgrades ?? []) lines.push(...upgradeLines(upgrade))
  for (const deployment of affected(plan, change)) lines.push(...deploymentLines(deployment))
  if (change.rollout) lines.push(...plannedText(change.rollout, '  '))
  lines.push(...touchedLines(plan))
  return lines.join('\n')
}

function upgradeLines(upgrade: ComponentUpgrade): readonly string[] {
  const { component, from, to, newImports, droppedImports, newNeeds, loses } = upgrade
  const part = (what: string, names: readonly string[]) => (names.length > 0 ? [`    ${what} ${names.join(', ')}`] : [])
  const all = [...newImports, ...droppedImports, ...newNeeds]
  return [
    `  ${component} ${from} -> ${to}${all.length === 0 ? ': asks for the same' : ''}`,
    ...part('newly imports', newImports),
    ...part('no longer imports', droppedImports),
    ...part('newly needs', newNeeds),
    ...(loses.length > 0 ? [`    LOSES ${plural(loses.length, 'device')} that run it now:`] : []),
    ...loses.map(({ name, why }) => `      ${name}: ${why}`),
  ]
}

/** The deployment itself, or every one of which a placement moves. */
function affected(plan: ChangePlan, change: PlannedChange): readonly DeploymentPlan[] {
  if (change.kind === 'applyDeployment') return plan.deployments.filter((deployment) => deployment.name === change.name)
  const moved = new Set(
    plan.touched.flatMap((device) =>
      [...device.start, ...device.change, ...device.stop].map((placement) => placement.deployment),
    ),
  )
  return plan.deployments.filter((deployment) => moved.has(deployment.deployment))
}

function deploymentLines(plan: DeploymentPlan): readonly string[] {
  const lines = [`  deployment ${plan.name}, revision ${plan.revision}`]
  if (plan.grants.needed.length > 0) lines.push(`    grants asked for by the imports: ${plan.grants.needed.join(', ')}`)
  if (plan.grants.missing.length > 0) {
    lines.push(
      `    NOT GRANTED by the manifest: ${plan.grants.missing.join(', ')}   (add them to spec.grants; apply refuses without)`,
    )
  }
  for (const { name, deployment, priority } of plan.preempts ?? []) {
    lines.push(`    TAKES THE PLACE of ${deployment} on ${name}, which has priority ${priority}`)
  }
  return [...lines, ...decisionLines(plan.decisions, plan.placements, '    ')]
}

/** Placed devices one by one, refused ones grouped by all their reasons, the rest counted. */
export function decisionLines(
  decisions: readonly DeviceDecision[],
  placements: readonly Placement[],
  indent: string,
): readonly string[] {
  const placed = decisions.filter((decision) => decision.outcome === 'placed')
  const refused = decisions.filter((decision) => decision.outcome === 'refused')
  const outside = decisions.filter((decision) => decision.outcome === 'notTargeted')
  const lines = [`${indent}placed on ${plural(placed.length, 'device')}${placed.length > 0 ? ':' : ''}`]
  for (const decision of placed) {
    const own = placements.filter((placement) => placement.device === decision.device)
    lines.push(`${indent}  ${decision.name}: ${own.map(placementText).join('; ') || decision.instances.join(', ')}`)
    for (const reason of decision.reasons) lines.push(`${indent}    - ${reasonText(reason)}`)
  }
  if (refused.length > 0) lines.push(`${indent}refused on ${plural(refused.length, 'device')}:`)
  for (const [, group] of groupBy(refused, (decision) => JSON.stringify(reasonsOf(decision)))) {
    lines.push(`${indent}  ${group.map((decision) => decision.name).join(', ')}`)
    for (const reason of group[0] ? reasonsOf(group[0]) : []) lines.push(`${indent}    - ${reason}`)
    const [nearest] = group.map((decision) => decision.nearestMiss).filter((miss) => miss !== undefined)
    if (nearest) lines.push(`${indent}    ${nearest}`)
  }
  if (outside.length > 0) lines.push(`${indent}not targeted: ${plural(outside.length, 'device')}`)
  return lines
}

function placementText(placement: Placement): string {
  const [main, ...providers] = placement.components
  const where = placement.imager === undefined ? '' : ` on ${placement.imager}`
  const role = placement.role === undefined ? '' : ` as ${placement.role}`
  const linked = providers.length > 0 ? ` + ${providers.map((provider) => provider.reference).join(' + ')}` : ''
  return `${placement.realisation}${where}${role} (${main?.reference ?? '?'}${linked})`
}

/** All reasons of one device as lines, those of a candidate with its realisation and slot in front. */
export function reasonsOf(decision: DeviceDecision): readonly string[] {
  const whole = decision.reasons.map(reasonText)
  const each = decision.candidates
    .filter((candidate) => !candidate.fits)
    .flatMap((candidate) =>
      candidate.reasons.map(
        (reason) =>
          `${candidate.realisation}${candidate.slot === 'device' ? '' : ` on ${candidate.slot}`}: ${reasonText(reason)}`,
      ),
    )
  return [...new Set([...whole, ...each])]
}

function reasonText(reason: Reason): string {
  return `${reason.message} [${reason.code}]`
}

function touchedLines(plan: ChangePlan): readonly string[] {
  if (plan.touched.length === 0) return ['  touches no device']
  const lines = [`  touches ${plural(plan.touched.length, 'device')} (limit ${plan.maxTouched}):`]
  for (const device of plan.touched) lines.push(`    ${device.name}: ${deviceChangeText(device)}`)
  if (plan.needsApproval) lines.push(...exceededTexts(plan).map((text) => `  ${text}: applying it waits for a person`))
  return lines
}

/** Why a person is asked, one sentence for each deployment. */
export function exceededTexts({ exceeded = [], touched, maxTouched }: ChangePlan): readonly string[] {
  if (exceeded.length === 0) return [`touches ${plural(touched.length, 'device')}, the limit is ${maxTouched}`]
  return sentences(exceeded)
}

export function exceededText(exceeded: readonly ExceededReach[]): string {
  return sentences(exceeded).join('; ')
}

function sentences(exceeded: readonly ExceededReach[]): string[] {
  return exceeded.map(({ name, touched: count, maxTouched: limit, devices, agreedDevices }) =>
    devices === undefined
      ? `${name}: touches ${plural(count, 'device')}, the limit is ${limit}`
      : `${name}: grows to ${plural(devices, 'device')}; a person last agreed to ${agreedDevices}, and ${limit} more may come by themselves`,
  )
}

function deviceChangeText(device: DeviceChange): string {
  const part = (verb: string, placements: readonly Placement[]) =>
    placements.length === 0
      ? []
      : [`${verb} ${placements.map((item) => `${item.realisation}@${item.slot}`).join(', ')}`]
  return [...part('start', device.start), ...part('change', device.change), ...part('stop', device.stop)].join('; ')
}

function describeKind(kind: PlannedChange['kind']): string {
  const words: Record<PlannedChange['kind'], string> = {
    applyDeployment: 'apply deployment',
    deleteDeployment: 'delete deployment',
    applyFleet: 'apply fleet',
    deleteFleet: 'delete fleet',
    editLabels: 'edit labels of',
    editTaints: 'edit taints of',
    editPins: 'edit pins of',
    assume: 'what if',
    deleteDevice: 'delete device',
    replan: 'place again',
    applyAlert: 'apply alert',
    deleteAlert: 'delete alert',
  }
  return words[kind]
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
