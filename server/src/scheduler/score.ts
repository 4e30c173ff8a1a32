/** How good a fit is: a whole number from 0 to 100. */
import type { PlannedComponent } from '@ocelli/schemas/api/plan'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import { needsGrant } from '../domain/grants.ts'
import { tightened } from './filter/imager.ts'
import type { RealisationRequirements, Requirements } from './requirements.ts'

/** Up to 50 for the place in the order of preference, 30 for an imager that is no larger than needed, 20 for imports met by the host itself. */
export function scoreOf(
  requirements: Requirements,
  realisation: RealisationRequirements,
  imager: ImagerFacts | undefined,
  components: readonly PlannedComponent[],
): number {
  const count = requirements.realisations.length
  const preference = Math.floor((50 * (count - realisation.index)) / count)
  return preference + imagerScore(realisation, imager) + hostScore(components)
}

/** The smallest imager that suffices costs the least to read; without a stated size the largest sees the most. */
function imagerScore(realisation: RealisationRequirements, imager: ImagerFacts | undefined): number {
  if (!imager) return 30
  const needs = tightened(realisation.main.needs.imager, realisation.spec.imager)
  const wanted = (needs.minWidthPixels ?? 0) * (needs.minHeightPixels ?? needs.minWidthPixels ?? 0)
  const pixels = Math.max(1, imager.widthPixels * imager.heightPixels)
  if (wanted > 0) return Math.min(30, Math.floor((30 * wanted) / pixels))
  return Math.min(30, Math.floor(Math.log2(pixels)))
}

function hostScore(components: readonly PlannedComponent[]): number {
  const links = components.flatMap((component) => component.links.filter((one) => needsGrant(one.interface)))
  if (links.length === 0) return 20
  return Math.floor((20 * links.filter((one) => one.from === 'host').length) / links.length)
}
