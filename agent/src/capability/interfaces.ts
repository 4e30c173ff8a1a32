/** Which interfaces a device provides right now: what the host can link, narrowed by the imagers that are there. Pure. */
import type { ImagerId } from '@ocelli/schemas/ids'
import type { ImagerFacts, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import type { Offer } from '../ports.ts'

/** What decides which imager-bound interfaces an imager serves. */
export interface ImagerAbilities {
  readonly facts: Pick<ImagerFacts, 'id' | 'controllable'>
  readonly detects?: boolean
}

/** An imager-bound interface names its imagers; with none to serve it, it is not provided at all. */
export function providedInterfaces(
  offered: readonly Offer[],
  imagers: readonly ImagerAbilities[],
): ProvidedInterface[] {
  return offered.flatMap(({ name, attributes, needs }) => {
    const rest = attributes ? { name, attributes } : { name }
    if (needs === undefined) return [rest]
    const serving = imagers.filter((imager) => serves(imager, needs)).map((imager): ImagerId => imager.facts.id)
    return serving.length === 0 ? [] : [{ ...rest, imagers: serving }]
  })
}

const serves = (imager: ImagerAbilities, needs: NonNullable<Offer['needs']>): boolean =>
  needs === 'imager' || (needs === 'control' ? imager.facts.controllable : imager.detects === true)

const NEEDS: Readonly<Record<string, Offer['needs']>> = {
  'ocelli:sensing/frames': 'imager',
  'ocelli:sensing/imager-control': 'control',
  'ocelli:sensing/detector': 'detector',
}

/** The host's list of interface names as offers. */
export function offersOf(names: readonly string[]): Offer[] {
  return names.map((name) => {
    const needs = NEEDS[name.slice(0, name.indexOf('@'))]
    return needs ? { name, needs } : { name }
  })
}
