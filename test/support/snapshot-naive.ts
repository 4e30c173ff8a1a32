/**
 * The plain way to match a deployment with everyImager: every device by itself, every realisation on every imager, every
 * check again. For fleets where nothing runs yet; providers are linked one deep. Baseline of the scheduler's benchmark.
 */
import type { DeploymentPlan } from '@ocelli/schemas/api/plan'
import { importIsMet } from '@ocelli/schemas/interface-name'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import type { ComponentVersion, DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { compileSelector } from '../../server/src/scheduler/selector.ts'

/** What was decided of one device: realisation by slot, and the codes of all reasons. */
export interface Verdict {
  readonly device: string
  readonly outcome: string
  readonly placed: readonly string[]
  readonly codes: readonly string[]
}

export function naiveVerdicts(deployment: DeploymentState, devices: readonly DeviceFacts[]): Verdict[] {
  const expression = deployment.spec.target?.selector ?? 'true'
  const selector = compileSelector(expression)
  if (isRefusal(selector)) throw new Error(selector.message)
  return devices.map((device) => {
    if (!selector.evaluate(device).matches) {
      return { device: device.id, outcome: 'notTargeted', placed: [], codes: ['placement.selector'] }
    }
    return verdictOf(deployment, device)
  })
}

/** The same of a plan. */
export function planVerdicts(plan: DeploymentPlan): Verdict[] {
  const running = new Map(plan.placements.map((one) => [one.instance, `${one.slot} ${one.realisation}`]))
  return plan.decisions.map(({ device, outcome, instances, reasons, candidates }) => ({
    device,
    outcome,
    placed: instances.map((instance) => running.get(instance) ?? '').sort(),
    codes: [...reasons, ...candidates.flatMap((one) => one.reasons)].map((one) => one.code).sort(),
  }))
}

function verdictOf(deployment: DeploymentState, device: DeviceFacts): Verdict {
  const { inventory } = device
  if (!inventory) return { device: device.id, outcome: 'refused', placed: [], codes: ['placement.noInventory'] }
  const placed = new Map<string, string>()
  const codes: string[] = []
  for (const realisation of deployment.spec.realisations) {
    const main = deployment.components[realisation.component] as ComponentVersion
    const providers = (realisation.providers ?? []).map((one) => deployment.components[one] as ComponentVersion)
    for (const imager of inventory.imagers.length > 0 ? inventory.imagers : [undefined]) {
      const found = problemsOf(device, imager, main, providers, realisation.imager?.minWidthPixels ?? 0)
      const memory = deployment.spec.limits?.memoryBytes ?? 67_108_864
      if (memory * (1 + placed.size) > inventory.platform.memoryBytes) found.push('placement.memory')
      codes.push(...found)
      if (found.length === 0 && imager && !placed.has(imager.id)) placed.set(imager.id, realisation.name)
    }
  }
  return {
    device: device.id,
    outcome: placed.size > 0 ? 'placed' : 'refused',
    placed: [...placed].map(([slot, name]) => `${slot} ${name}`).sort(),
    codes: codes.sort(),
  }
}

function problemsOf(
  device: DeviceFacts,
  imager: ImagerFacts | undefined,
  main: ComponentVersion,
  providers: readonly ComponentVersion[],
  minWidthPixels: number,
): string[] {
  const offered = (device.inventory?.interfaces ?? []).filter(
    (one) => one.imagers === undefined || (imager !== undefined && one.imagers.includes(imager.id)),
  )
  const hostMeets = (name: string) => offered.some((one) => importIsMet(name, one.name))
  const found: string[] = []
  if (!imager) found.push('placement.noImager')
  if (imager && imager.widthPixels < minWidthPixels) found.push('placement.imager')
  let linked = 1
  for (const name of main.imports) {
    if (hostMeets(name)) continue
    const provider = providers.find(
      (one) => one.exports.some((offer) => importIsMet(name, offer)) && one.imports.every(hostMeets),
    )
    if (provider) linked++
    else found.push('placement.unmetImport')
  }
  if (linked > 1 && !device.inventory?.agent.features.includes('providers')) found.push('placement.feature')
  return found
}
