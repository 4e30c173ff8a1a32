/** The fleet to play with: stable names, kinds and places, so that the next start finds the same devices. */
import { PROFILE_NAMES, type ProfileName } from '../profiles.ts'
import type { SceneName } from '../scene/scenes.ts'

/** One device of the fleet. */
export interface FleetMember {
  /** Name wished for at enrolment, and of its folder; stable from start to start. */
  readonly name: string
  readonly profile: ProfileName
  /** A scene for each imager in order. */
  readonly scenes: readonly SceneName[]
  /** Labels suggested at enrolment. */
  readonly labels: Readonly<Record<string, string>>
}

const member = (
  name: string,
  profile: ProfileName,
  scenes: readonly SceneName[],
  floor: string,
  area: string,
): FleetMember => ({ name, profile, scenes, labels: { site: 'central-station', floor, area } })

/** Fourteen devices of a railway station in all kinds. */
const STATION: readonly FleetMember[] = [
  member('platform-1-east', 'in-sensor', ['platform'], '1', 'platform-1'),
  member('platform-1-west', 'plain-camera', ['platform'], '1', 'platform-1'),
  member('platform-2-east', 'in-sensor', ['platform'], '1', 'platform-2'),
  member('platform-2-west', 'plain-camera', ['platform'], '1', 'platform-2'),
  member('concourse', 'two-cameras', ['platform', 'yard'], '0', 'concourse'),
  member('yard-north', 'plain-camera', ['yard'], '0', 'yard'),
  member('yard-south', 'small-mono', ['moving-object'], '0', 'yard'),
  member('yard-gate', 'plain-camera', ['yard'], '0', 'yard'),
  member('car-park', 'global-shutter', ['yard'], '0', 'yard'),
  member('service-corridor', 'small-mono', ['empty'], '-1', 'service'),
  member('signal-room', 'no-imager', [], '-1', 'service'),
  member('bike-shed', 'little-memory', ['dusk'], '0', 'yard'),
  member('old-tower', 'older-interface', ['yard'], '2', 'tower'),
  member('west-entrance', 'in-sensor', ['yard'], '0', 'entrance'),
]

export const DEFAULT_FLEET_SIZE = STATION.length

/** How many devices of each kind there are among those that are added, as in `in-sensor=3,plain-camera=1`. */
export type ProfileMix = Readonly<Partial<Record<ProfileName, number>>>

const EVEN_MIX: ProfileMix = Object.fromEntries(PROFILE_NAMES.map((name) => [name, 1]))

/** What people usually see where the fleet is larger than the station; by kind. */
const ADDED_SCENES: Readonly<Record<ProfileName, readonly SceneName[]>> = {
  'in-sensor': ['platform'],
  'plain-camera': ['yard'],
  'two-cameras': ['platform', 'yard'],
  'small-mono': ['moving-object'],
  'no-imager': [],
  'little-memory': ['dusk'],
  'older-interface': ['platform'],
  'global-shutter': ['yard'],
}

/**
 * `count` devices: those of the station first, then numbered ones after the mix. With a mix of one's own all are numbered.
 * The first devices of a larger fleet are those of a smaller one.
 */
export function planFleet(count: number, mix?: ProfileMix): FleetMember[] {
  const named = mix ? [] : STATION.slice(0, count)
  const order = turns(mix ?? EVEN_MIX)
  const numbered = Array.from({ length: count - named.length }, (_, index): FleetMember => {
    const profile = order[index % order.length] ?? 'plain-camera'
    const number = String(index + 1).padStart(4, '0')
    const labels = { site: `site-${Math.floor(index / 50) + 1}`, floor: String(index % 5), area: 'added' }
    return { name: `unit-${number}`, profile, scenes: ADDED_SCENES[profile], labels }
  })
  return [...named, ...numbered]
}

/** Kinds in turn, each as often as the mix says. */
function turns(mix: ProfileMix): ProfileName[] {
  return PROFILE_NAMES.flatMap((name) => Array.from({ length: mix[name] ?? 0 }, () => name))
}

/** Reads `in-sensor=3,plain-camera`; a text that is none gives the reason. */
export function parseMix(text: string): ProfileMix | { readonly problem: string } {
  const mix: Partial<Record<ProfileName, number>> = {}
  for (const part of text.split(',')) {
    const [word = '', share = '1'] = part.trim().split('=')
    const name = PROFILE_NAMES.find((known) => known === word)
    if (!name) return { problem: `there is no profile "${word}": ${PROFILE_NAMES.join(', ')}` }
    if (!/^[1-9][0-9]{0,3}$/.test(share)) return { problem: `"${share}" is no share of ${name}: a whole number from 1` }
    mix[name] = (mix[name] ?? 0) + Number(share)
  }
  return mix
}
