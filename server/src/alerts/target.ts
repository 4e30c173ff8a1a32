/** Which devices a rule looks at: fleet, selector and named devices must all hold. */
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import { isRefusal } from '../domain/refusal.ts'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { compileSelector, memoised } from '../scheduler/selector.ts'
import { compileFleet } from '../scheduler/target.ts'

/** Whether facts beyond id and name are read. */
export function readsFacts({ target }: AlertSpec): boolean {
  return target?.fleet !== undefined || target?.selector !== undefined
}

/** A fleet that is not there, and a selector that is none, match no device. */
export function compileAlertTarget(
  { target }: AlertSpec,
  fleets: readonly FleetManifest[],
): (device: DeviceFacts) => boolean {
  const tests: ((device: DeviceFacts) => boolean)[] = []
  if (target?.devices !== undefined) {
    const named = new Set<string>(target.devices)
    tests.push(({ id, name }) => named.has(id) || named.has(name))
  }
  if (target?.fleet !== undefined) {
    const fleet = fleets.find(({ metadata }) => metadata.name === target.fleet)
    const member = fleet && compileFleet(fleet)
    tests.push((device) => member?.(device).matches === true)
  }
  if (target?.selector !== undefined) {
    const compiled = compileSelector(target.selector)
    const answer = isRefusal(compiled) ? undefined : memoised(compiled)
    tests.push((device) => answer?.(device).matches === true)
  }
  return (device) => tests.every((test) => test(device))
}
