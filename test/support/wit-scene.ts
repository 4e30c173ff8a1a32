/** Synthetic scenes with known people for the sample components: upright figures that walk over a still, textured background. */

export interface SceneOptions {
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  readonly seconds: number
  /** Standard deviation of the noise of a pixel, in luma steps. */
  readonly noise: number
  readonly seed: number
  /** Height of a person at the top and at the bottom of the ground, in picture heights. */
  readonly personHeights: readonly [number, number]
  readonly mostPeople: number
}

export interface SceneFrame {
  readonly luma: Uint8Array
  /** People of whom at least half is inside of the picture. */
  readonly people: number
  readonly captureTimeNanos: bigint
  readonly sequence: number
}

interface Walker {
  x: number
  foot: number
  speed: number
  body: number
  legs: number
}

/** Renders a scene frame by frame; the same options give the same frames. */
export function* renderScene(options: SceneOptions): Generator<SceneFrame> {
  const { width, height, framesPerSecond, seconds, noise, personHeights, mostPeople } = options
  const random = generator(options.seed)
  const background = new Float32Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      background[y * width + x] =
        120 + 40 * (y / height) + 12 * Math.sin(x / 9) * Math.sin(y / 13) + (((x >> 5) ^ (y >> 5)) & 1 ? 8 : 0)
  const heightAt = (foot: number) =>
    height * (personHeights[0] + ((personHeights[1] - personHeights[0]) * (foot / height - 0.35)) / 0.65)
  const walkers: Walker[] = []
  const enter = (inside: boolean) => {
    const foot = height * (0.4 + 0.58 * random())
    const right = random() < 0.5
    const size = heightAt(foot)
    walkers.push({
      foot,
      x: inside ? width * random() : right ? width + size * 0.2 : -size * 0.2,
      speed: (right ? -1 : 1) * size * (0.5 + 0.4 * random()),
      body: random() < 0.75 ? 20 + 60 * random() : 210 + 40 * random(),
      legs: 25 + 70 * random(),
    })
  }
  for (let i = 0; i < 2; i++) enter(true)
  let wanted = 2
  const frames = Math.round(seconds * framesPerSecond)
  for (let sequence = 0; sequence < frames; sequence++) {
    if (random() < 0.25 / framesPerSecond) wanted = Math.floor(random() * (mostPeople + 1))
    if (walkers.length < wanted && random() < 1.5 / framesPerSecond) enter(false)
    const picture = Float32Array.from(background)
    walkers.sort((a, b) => a.foot - b.foot)
    for (const walker of walkers) {
      walker.x += walker.speed / framesPerSecond
      draw(picture, width, height, walker, heightAt(walker.foot))
    }
    for (let i = walkers.length - 1; i >= 0; i--) {
      const walker = walkers[i]
      if (walker !== undefined && Math.abs(walker.x - width / 2) > width / 2 + heightAt(walker.foot) * 0.3)
        walkers.splice(i, 1)
    }
    const luma = new Uint8Array(width * height)
    for (let i = 0; i < luma.length; i++) {
      // The sum of three uniform numbers is close enough to normal: its variance is 1/4.
      const grain = (random() + random() + random() - 1.5) * 2 * noise
      luma[i] = Math.max(0, Math.min(255, Math.round((picture[i] ?? 0) + grain)))
    }
    const people = walkers.filter(({ x }) => x >= 0 && x < width).length
    yield { luma, people, sequence, captureTimeNanos: BigInt(Math.round((sequence / framesPerSecond) * 1e9)) }
  }
}

/** A head, a body and legs. */
function draw(picture: Float32Array, width: number, height: number, walker: Walker, size: number): void {
  const top = walker.foot - size
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, walker.foot); y++) {
    const down = (y - top) / size
    const half = size * (down < 0.15 ? 0.07 : down < 0.55 ? 0.16 : 0.11)
    const tone = down < 0.15 ? 190 : down < 0.55 ? walker.body : walker.legs
    for (let x = Math.max(0, Math.ceil(walker.x - half)); x < Math.min(width, walker.x + half); x++)
      picture[y * width + x] = tone
  }
}

/** Mulberry32: small, fast and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
