/** What is wrong with a change before it is planned, and what a plan may not be applied with. */
import type { ChangePlan } from '@ocelli/schemas/api/plan'
import type { DeploymentId } from '@ocelli/schemas/ids'
import type { Change } from '../domain/change.ts'
import { checkGrants } from '../domain/grants.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { checkRollout } from '../rollout/check-rollout.ts'
import { compileSelector, memoised } from './selector.ts'

/** The first thing that is wrong. */
export function checkManifest(snapshot: Snapshot, change: Change): Refusal | undefined {
  if (change.kind === 'applyFleet') {
    const { selector } = change.manifest.spec
    return selector === undefined ? undefined : checkSelector(selector, snapshot)
  }
  if (change.kind !== 'applyDeployment') return undefined
  const { spec } = change.manifest
  for (const realisation of spec.realisations) {
    for (const reference of [realisation.component, ...(realisation.providers ?? [])]) {
      if (!Object.hasOwn(change.components, reference)) {
        return refusal('component.unknown', `realisation ${realisation.name}: there is no component ${reference}`)
      }
    }
  }
  const names = spec.realisations.map((realisation) => realisation.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return refusal('manifest.invalid', `spec.realisations: the name ${twice} is used twice`)
  const rollout = checkRollout(spec.rollout)
  if (rollout) return rollout
  const selector = spec.target?.selector
  return checkGrants(spec.grants) ?? (selector === undefined ? undefined : checkSelector(selector, snapshot))
}

/** A selector is tried on every device: one that fails other than by an absent label or field is refused. */
function checkSelector(expression: string, snapshot: Snapshot): Refusal | undefined {
  const selector = compileSelector(expression)
  if (isRefusal(selector)) return selector
  const answers = memoised(selector)
  for (const device of snapshot.devices) {
    const answer = answers(device)
    if (!answer.matches && answer.error) {
      return refusal(
        'manifest.selector',
        `selector ${JSON.stringify(expression)} on device ${device.name}: ${answer.why}`,
      )
    }
  }
  return undefined
}

/** Refuses with `grant.missing` a plan that needs host interfaces its manifest does not grant. */
export function missingGrants(plan: ChangePlan, deployment: DeploymentId): Refusal | undefined {
  const found = plan.deployments.find((one) => one.deployment === deployment)
  if (!found || found.grants.missing.length === 0) return undefined
  const { missing } = found.grants
  return refusal('grant.missing', `deployment ${found.name}: not granted: ${missing.join(', ')}`, { missing })
}
