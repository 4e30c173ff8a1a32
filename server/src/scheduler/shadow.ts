/**
 * Shadows: a new revision that runs beside the old one on the same frames. They are placed last, with what live
 * instances leave, and are placed again with each plan: nothing waits for a shadow, nothing gives way to one.
 */
import type { Candidate } from '@ocelli/schemas/api/plan'
import { FEATURES } from '@ocelli/schemas/features'
import { shadowSlot } from '../domain/instance-id.ts'
import { type Considered, type Option, toCandidate } from './fit.ts'
import { type Claim, claimsFor, type DeviceLedger, shadowProblems } from './ledger.ts'
import { nearestMiss } from './nearest-miss.ts'
import type { Planning } from './planning.ts'
import { type Problem, problem } from './problem.ts'
import type { Variant } from './variants.ts'

/** What was found for the shadows of one deployment on one device. */
export interface ShadowChoice {
  readonly claims: readonly Claim[]
  readonly candidates: readonly Candidate[]
  readonly nearestMiss: string | undefined
}

/** For each deployment, by position, what its shadows got on each device that runs some, by position. */
export function placeShadows(planning: Planning): readonly ReadonlyMap<number, ShadowChoice>[] {
  return planning.deployments.map((deployment) => {
    const found = new Map<number, ShadowChoice>()
    if (!deployment.hasShadows || deployment.frozen) return found
    for (const ledger of planning.ledgers) {
      const variant = deployment.shadowOf(ledger)
      const twins = variant ? claimsFor(ledger, variant.requirements) : []
      if (variant && twins.length > 0) found.set(ledger.index, placeBeside(variant, ledger, twins))
    }
    return found
  })
}

function placeBeside(variant: Variant, ledger: DeviceLedger, twins: readonly Claim[]): ShadowChoice {
  const { requirements } = variant
  const claims: Claim[] = []
  const candidates: Candidate[] = []
  const misses: (readonly Problem[])[] = []
  const considered = variant.target(ledger).length > 0 ? [] : (variant.fit(ledger)?.considered ?? [])
  for (const twin of bySlot(twins)) {
    const here = considered.filter((one) => one.slot === twin.option.slot)
    let claim: Claim | undefined
    for (const one of here.length > 0 ? here : considered) {
      const problems = problemsOf(one, requirements, ledger)
      candidates.push({ ...toCandidate(one, problems), slot: shadowSlot(one.slot) })
      if (problems.length > 0) misses.push(problems)
      else claim ??= { requirements, option: asShadow(one.option) }
    }
    if (!claim) continue
    claims.push(claim)
    ledger.shadows = [...(ledger.shadows ?? []), claim]
    if (requirements.mode !== 'everyImager') break
  }
  return { claims, candidates, nearestMiss: claims.length > 0 ? undefined : nearestMiss(misses) }
}

function bySlot(claims: readonly Claim[]): Claim[] {
  return [...claims].sort((a, b) => (a.option.slot < b.option.slot ? -1 : 1))
}

function problemsOf(
  { option, problems }: Considered,
  requirements: Variant['requirements'],
  ledger: DeviceLedger,
): Problem[] {
  const found = [...problems, ...shadowProblems(ledger, requirements, asShadow(option))]
  if (ledger.facts && !ledger.facts.shape.features.includes(FEATURES.shadow)) {
    const { features } = ledger.facts.shape
    found.push(
      problem(
        'placement.feature',
        `the agent lacks the feature ${FEATURES.shadow}; it has ${features.join(', ') || 'none'}`,
        `the agent had the feature ${FEATURES.shadow}`,
        { wanted: FEATURES.shadow, offered: features },
      ),
    )
  }
  return found
}

/** What a shadow sets of its imager has no effect, so it is no second holder of imager-control. */
function asShadow(option: Option): Option {
  return { ...option, controls: false }
}
