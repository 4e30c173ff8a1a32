/** What a component or realisation needs of an imager, against what the imager can do. */
import type { ImagerNeeds } from '@ocelli/schemas/component'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import { type Problem, problem } from '../problem.ts'

/** All unmet needs, with numbers, but for formats: those depend on what is linked, see fit.ts. */
export function imagerProblems(needs: ImagerNeeds | undefined, imager: ImagerFacts, who: string): Problem[] {
  if (!needs) return []
  const found: Problem[] = []
  const least = (what: string, unit: string, wanted: number | undefined, offered: number) => {
    if (wanted === undefined || offered >= wanted) return
    found.push(
      problem(
        'placement.imager',
        `imager ${imager.id} ${what} ${offered} < ${wanted} ${unit}, needed by ${who}`,
        `imager ${imager.id} delivered a ${what} of ${wanted} instead of ${offered} ${unit}`,
        { wanted, offered },
      ),
    )
  }
  least('width', 'pixels', needs.minWidthPixels, imager.widthPixels)
  least('height', 'pixels', needs.minHeightPixels, imager.heightPixels)
  least('frame rate', 'millihertz', needs.minFrameRateMillihertz, imager.maxFrameRateMillihertz)
  const colour = needs.colour === undefined ? undefined : needs.colour ? 'colour' : 'mono'
  if (colour !== undefined && imager.colour !== colour) {
    found.push(
      problem(
        'placement.imager',
        `imager ${imager.id} is ${imager.colour}, ${who} needs ${colour}`,
        `imager ${imager.id} were ${colour} instead of ${imager.colour}`,
        { wanted: colour, offered: imager.colour },
      ),
    )
  }
  found.push(...exposureProblems(needs.exposureMicros, imager, who))
  return found
}

function exposureProblems(wanted: ImagerNeeds['exposureMicros'], imager: ImagerFacts, who: string): Problem[] {
  if (wanted === undefined) return []
  const range = `${wanted.min} to ${wanted.max}`
  const offered = imager.exposureMicros
  if (offered && offered.min <= wanted.min && offered.max >= wanted.max) return []
  const has = offered ? `exposes ${offered.min} to ${offered.max} microseconds` : 'tells no range of exposures'
  return [
    problem(
      'placement.imager',
      `imager ${imager.id} ${has}, ${who} needs ${range} microseconds`,
      `imager ${imager.id} exposed ${range} microseconds${offered ? ` instead of ${offered.min} to ${offered.max}` : ''}`,
      { wanted: range, ...(offered && { offered: `${offered.min} to ${offered.max}` }) },
    ),
  ]
}

/** The needs of both: the stricter of each number, the formats in common, exclusive if either says so. */
export function tightened(a: ImagerNeeds | undefined, b: ImagerNeeds | undefined): ImagerNeeds {
  const needs: ImagerNeeds = { ...a, ...b }
  for (const key of ['minWidthPixels', 'minHeightPixels', 'minFrameRateMillihertz'] as const) {
    const most = Math.max(a?.[key] ?? 0, b?.[key] ?? 0)
    if (most > 0) needs[key] = most
  }
  if (a?.exposureMicros && b?.exposureMicros) {
    needs.exposureMicros = {
      min: Math.min(a.exposureMicros.min, b.exposureMicros.min),
      max: Math.max(a.exposureMicros.max, b.exposureMicros.max),
    }
  }
  if (a?.formats && b?.formats) needs.formats = b.formats.filter((format) => a.formats?.includes(format))
  if (a?.exclusive || b?.exclusive) needs.exclusive = true
  return needs
}

/** A component that is told to work on both colour and monochrome has contradictory needs. */
export function contradictsColour(a: ImagerNeeds | undefined, b: ImagerNeeds | undefined): boolean {
  return a?.colour !== undefined && b?.colour !== undefined && a.colour !== b.colour
}
