/** What does not run yet: deployments in order of id, on every device that has room, or on as many as are wanted. */
import type { Option } from './fit.ts'
import { claimsFor, type DeviceLedger, hasRoom, reserve } from './ledger.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { pickSpread } from './replicas.ts'
import type { Requirements } from './requirements.ts'

export function placeNew(planning: Planning): void {
  for (const deployment of planning.deployments) {
    if (deployment.replicated) fillReplicas(deployment, deployment.replicated, planning.ledgers)
    for (const ledger of planning.ledgers) fillDevice(deployment, ledger)
  }
}

function fillDevice(deployment: PlannedDeployment, ledger: DeviceLedger): void {
  const requirements = deployment.requirementsOf(ledger)
  if (requirements.mode === 'replicas' || !ledger.facts || deployment.target(ledger).length > 0) return
  const choices = deployment.fit(ledger)?.choices ?? []
  if (choices.length === 0) return
  const mine = claimsFor(ledger, requirements)
  for (const choice of choices) {
    const filled =
      mine.length > 0 &&
      (requirements.mode === 'everyDevice' || mine.some((claim) => claim.option.slot === choice[0]?.slot))
    if (filled) continue
    const option = firstWithRoom(deployment, ledger, choice)
    if (option) reserve(ledger, requirements, option)
  }
}

function fillReplicas(deployment: PlannedDeployment, wanted: Requirements, ledgers: readonly DeviceLedger[]): void {
  const placed: DeviceLedger[] = []
  const candidates: { ledger: DeviceLedger; option: Option; score: number }[] = []
  for (const ledger of ledgers) {
    const requirements = deployment.requirementsOf(ledger)
    if (requirements.mode !== 'replicas' || !ledger.facts || deployment.target(ledger).length > 0) continue
    if (claimsFor(ledger, requirements).length > 0) {
      placed.push(ledger)
      continue
    }
    const option = firstWithRoom(deployment, ledger, deployment.fit(ledger)?.choices[0] ?? [])
    if (option) candidates.push({ ledger, option, score: option.score })
  }
  for (const { ledger, option } of pickSpread(candidates, wanted.replicas - placed.length, wanted.spread, placed)) {
    reserve(ledger, deployment.requirementsOf(ledger), option)
  }
}

function firstWithRoom(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  choice: readonly Option[],
): Option | undefined {
  return choice.find((option) => hasRoom(ledger, deployment.requirementsOf(ledger), option, undefined))
}
