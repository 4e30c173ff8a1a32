/** Which devices a deployment is meant for: fleet, selector and named devices must all hold. */
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import { isRefusal } from '../domain/refusal.ts'
import type { DeploymentState, DeviceFacts } from '../domain/snapshot.ts'
import { NO_PROBLEMS, type Problem, problem } from './problem.ts'
import { compileSelector, memoised, type SelectorAnswer } from './selector.ts'

/** Problems of a device with the target, none where it is targeted; devices with the same ones share the array. */
export type TargetTest = (device: DeviceFacts) => readonly Problem[]

export function compileTarget(deployment: DeploymentState, fleets: readonly FleetManifest[]): TargetTest {
  const target = deployment.spec.target ?? {}
  const parts: ((device: DeviceFacts) => Problem | undefined)[] = []
  if (target.fleet !== undefined) parts.push(fleetPart(target.fleet, fleets))
  if (target.selector !== undefined) parts.push(selectorPart(target.selector))
  if (target.devices !== undefined) parts.push(devicesPart(target.devices))
  const alone = new Map<Problem, readonly Problem[]>()
  const shared = new Map<string, readonly Problem[]>()
  return (device) => {
    let first: Problem | undefined
    let found: Problem[] | undefined
    for (let index = 0; index < parts.length; index++) {
      const one = parts[index]?.(device)
      if (!one) continue
      if (found) found.push(one)
      else if (first) found = [first, one]
      else first = one
    }
    if (!first) return NO_PROBLEMS
    if (!found) {
      const only = alone.get(first) ?? [first]
      alone.set(first, only)
      return only
    }
    const key = found.map((one) => one.reason.message).join('\n')
    const known = shared.get(key)
    if (known) return known
    shared.set(key, found)
    return found
  }
}

/** Whether a device belongs to a fleet: by name or id, or by its selector. */
export function compileFleet(fleet: FleetManifest): (device: DeviceFacts) => SelectorAnswer {
  const { members, selector } = fleet.spec
  const listed = new Set(members ?? [])
  const test = selector === undefined ? undefined : selectorAnswers(selector)
  return (device) => {
    if (listed.has(device.id) || listed.has(device.name)) return { matches: true }
    return test ? test(device) : NOT_LISTED
  }
}

const NOT_LISTED = { matches: false, why: 'is not a member' } as const

function fleetPart(name: string, fleets: readonly FleetManifest[]) {
  const fleet = fleets.find((candidate) => candidate.metadata.name === name)
  if (!fleet) {
    const missing = problem('placement.selector', `fleet ${name} does not exist`, `fleet ${name} existed`)
    return () => missing
  }
  const answers = compileFleet(fleet)
  return sharedProblem(answers, (why) =>
    problem(
      'placement.selector',
      why === NOT_LISTED.why ? `not a member of fleet ${name}` : `not in fleet ${name}: its selector ${phrase(why)}`,
      `it belonged to fleet ${name}`,
    ),
  )
}

function selectorPart(expression: string) {
  return sharedProblem(selectorAnswers(expression), (why) =>
    problem(
      'placement.selector',
      why.includes('absent') ? why : `selector ${phrase(why)}: ${expression}`,
      `${expression} were true`,
    ),
  )
}

function devicesPart(devices: readonly string[]) {
  const listed = new Set(devices)
  const missing = problem('placement.selector', 'not among the devices named by the target', 'the target named it')
  return (device: DeviceFacts) => (listed.has(device.id) || listed.has(device.name) ? undefined : missing)
}

/** A selector that does not compile matches nothing; a change with such a one is refused before. */
function selectorAnswers(expression: string): (device: DeviceFacts) => SelectorAnswer {
  const selector = compileSelector(expression)
  if (!isRefusal(selector)) return memoised(selector)
  const broken: SelectorAnswer = { matches: false, why: `fails: ${selector.message}`, error: true }
  return () => broken
}

function sharedProblem(answers: (device: DeviceFacts) => SelectorAnswer, make: (why: string) => Problem) {
  const known = new Map<string, Problem>()
  return (device: DeviceFacts) => {
    const answer = answers(device)
    if (answer.matches) return undefined
    let found = known.get(answer.why)
    if (!found) {
      found = make(answer.why)
      known.set(answer.why, found)
    }
    return found
  }
}

function phrase(why: string): string {
  return why.includes('absent') ? `is false: ${why}` : why
}
