/**
 * Who walks where: people come and go in waves, so that their number rises from nobody to as many as eight and falls again
 * within a minute. Everything follows from the seed; nothing is remembered but the last two waves.
 */
import { createRandom, type Random, type Seed, seedOf } from '../random.ts'
import type { Camera } from './camera.ts'
import type { Looks } from './figure.ts'
import type { Colour } from './scene.ts'

/** The part of the ground on which people walk, in metres. */
export interface Ground {
  readonly nearMetres: number
  readonly farMetres: number
}

/** Somebody at one moment. */
export interface Walker {
  readonly id: string
  readonly xMetres: number
  readonly zMetres: number
  readonly heightMetres: number
  /** Speed across in metres a second, to the right. */
  readonly speedMetresPerSecond: number
  readonly phase: number
  readonly swing: number
  readonly looks: Looks
}

interface Person {
  readonly id: string
  readonly startSeconds: number
  readonly heightMetres: number
  readonly looks: Looks
  /** Places in turn with the time of arrival at each, from the start. */
  readonly way: readonly { readonly x: number; readonly z: number; readonly atSeconds: number }[]
}

export interface Crowd {
  /** Everybody in the scene at a time, those outside of the field of view as well, far to near. */
  at(seconds: number): readonly Walker[]
}

/** Shortest and longest time from one wave to the next. The same for all waves of a scene. */
const WAVE_SECONDS = { least: 54, most: 64 }
const PEOPLE_PER_WAVE = { least: 6, most: 8 }

export function createCrowd(camera: Camera, ground: Ground, seed: Seed): Crowd {
  const timing = createRandom(seed)
  const waveSeconds = timing.between(WAVE_SECONDS.least, WAVE_SECONDS.most)
  const phaseSeconds = timing.between(0, waveSeconds)
  const held = new Map<number, readonly Person[]>()
  const wave = (number: number) => {
    let people = held.get(number)
    if (!people) {
      people = makeWave(camera, ground, number, waveSeconds, createRandom(seedOf(seed, number + 2 ** 20)))
      if (held.size >= 4) held.clear()
      held.set(number, people)
    }
    return people
  }
  return {
    at(seconds) {
      const time = seconds + phaseSeconds
      const current = Math.floor(time / waveSeconds)
      return [...wave(current - 1), ...wave(current)]
        .flatMap((person) => walkerAt(person, time) ?? [])
        .sort((one, other) => other.zMetres - one.zMetres || (one.id < other.id ? -1 : 1))
    },
  }
}

function makeWave(camera: Camera, ground: Ground, number: number, waveSeconds: number, random: Random): Person[] {
  const size = Math.floor(random.between(PEOPLE_PER_WAVE.least, PEOPLE_PER_WAVE.most + 1))
  return Array.from({ length: size }, (_, index) => {
    // Arrivals spread over four tenths of the wave: nobody of this wave is left when the one after next begins.
    const share = (index + random.between(0.1, 0.9)) / size
    return {
      id: `${number}-${index}`,
      startSeconds: number * waveSeconds + 0.42 * waveSeconds * share,
      heightMetres: random.between(1.55, 1.9),
      looks: makeLooks(random),
      way: makeWay(camera, ground, random),
    }
  })
}

/** In at one side, a stop on the way, out at a side: each at its own distance, so people grow and shrink as they go. */
function makeWay(camera: Camera, ground: Ground, random: Random): Person['way'] {
  const depth = () => {
    // Evenly spread over the height of the picture, not over the ground, where most would be far away.
    const inverse = random.between(1 / ground.farMetres, 1 / ground.nearMetres)
    return 1 / inverse
  }
  const beside = (z: number, side: number) => side * ((camera.aspect / 2) * (z / camera.focal) + 0.45)
  const inside = (z: number) => random.between(-0.75, 0.75) * (camera.aspect / 2) * (z / camera.focal)
  const from = random.unit() < 0.5 ? -1 : 1
  const to = random.unit() < 0.7 ? -from : from
  const speed = random.between(1, 1.5) // metres a second: the usual range of walking people
  const zStart = depth()
  const zStop = depth()
  const zEnd = depth()
  const points = [
    { x: beside(zStart, from), z: zStart },
    { x: inside(zStop), z: zStop },
    { x: beside(zEnd, to), z: zEnd },
  ]
  const way: { x: number; z: number; atSeconds: number }[] = []
  let atSeconds = 0
  for (const [index, point] of points.entries()) {
    const before = points[index - 1]
    if (before) atSeconds += Math.hypot(point.x - before.x, point.z - before.z) / speed
    way.push({ ...point, atSeconds })
    if (index === 1) {
      atSeconds += random.between(5, 13) // a stop to look around
      way.push({ ...point, atSeconds })
    }
  }
  // Nobody stays longer than two thirds of the shortest wave: long ways are walked faster.
  const longest = 0.66 * WAVE_SECONDS.least
  const haste = Math.min(1, longest / atSeconds)
  return way.map((point) => ({ ...point, atSeconds: point.atSeconds * haste }))
}

function walkerAt(person: Person, time: number): Walker | undefined {
  const since = time - person.startSeconds
  const next = person.way.findIndex((point) => point.atSeconds > since)
  const end = person.way[next]
  const start = person.way[next - 1]
  if (since < 0 || !start || !end) return undefined
  const length = end.atSeconds - start.atSeconds
  const share = (since - start.atSeconds) / length
  const dx = (end.x - start.x) / length
  const dz = (end.z - start.z) / length
  const speed = Math.hypot(dx, dz)
  return {
    id: person.id,
    xMetres: start.x + (end.x - start.x) * share,
    zMetres: start.z + (end.z - start.z) * share,
    heightMetres: person.heightMetres,
    speedMetresPerSecond: dx,
    phase: (2 * Math.PI * since * Math.max(speed, 0.01)) / 1.4, // two steps are about 1.4 m
    swing: Math.min(1, speed),
    looks: person.looks,
  }
}

const DARK: readonly Colour[] = [
  { red: 0.04, green: 0.045, blue: 0.06 },
  { red: 0.05, green: 0.07, blue: 0.15 },
  { red: 0.14, green: 0.05, blue: 0.05 },
  { red: 0.06, green: 0.1, blue: 0.07 },
  { red: 0.1, green: 0.09, blue: 0.08 },
]
const BRIGHT: readonly Colour[] = [
  { red: 0.75, green: 0.74, blue: 0.7 },
  { red: 0.7, green: 0.62, blue: 0.25 },
  { red: 0.55, green: 0.66, blue: 0.75 },
  { red: 0.72, green: 0.5, blue: 0.45 },
]
const HAIR: readonly Colour[] = [
  { red: 0.05, green: 0.04, blue: 0.035 },
  { red: 0.12, green: 0.08, blue: 0.05 },
  { red: 0.4, green: 0.32, blue: 0.2 },
  { red: 0.45, green: 0.45, blue: 0.45 },
]
const SKIN: readonly Colour[] = [
  { red: 0.6, green: 0.44, blue: 0.36 },
  { red: 0.42, green: 0.28, blue: 0.2 },
  { red: 0.2, green: 0.13, blue: 0.1 },
]

function makeLooks(random: Random): Looks {
  return {
    hair: random.pick(HAIR),
    skin: random.pick(SKIN),
    top: random.pick(random.unit() < 0.6 ? DARK : BRIGHT),
    trousers: random.pick(random.unit() < 0.8 ? DARK : BRIGHT),
    shoes: random.pick(DARK),
  }
}
