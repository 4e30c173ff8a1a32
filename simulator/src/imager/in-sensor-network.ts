/**
 * A person detector that runs on the sensor. It is not run here: its output is the truth with the errors that such
 * networks make, which depend on size and on how much of a person shows.
 */
import type { SensorDetection, SensorInference } from '@ocelli/agent/imager/imager'
import { createRandom, type Random, type Seed, seedOf } from '../random.ts'
import type { Truth, TruthBox } from '../scene/scene.ts'
import type { FieldWindow } from './pixel-map.ts'

/** Rows of the network's input: MobileNet SSD on the IMX500 takes 320 x 320 (Raspberry Pi AI Camera model zoo). */
const INPUT_ROWS = 320
/** Frames after the start in which the sensor is still loading its network and marks its output as not valid. */
const LOADING_FRAMES = 3
/** Share of later frames whose output is not valid: the network takes longer than the frame now and then. */
const INVALID_SHARE = 0.01
/** Share of people missed though they show whole and large. */
const MISS_SHARE = 0.02
/** Share of frames with something that is nobody, with a low score. */
const FALSE_SHARE = 0.005

export interface NetworkFrame {
  readonly sequence: number
  readonly widthPixels: number
  readonly heightPixels: number
  readonly window: FieldWindow
  readonly truth: Truth
}

/** The output for one frame of the imager that `seed` belongs to. */
export function inferPeople(frame: NetworkFrame, seed: Seed): SensorInference {
  const random = createRandom(seedOf(seed, frame.sequence))
  if (frame.sequence < LOADING_FRAMES || random.unit() < INVALID_SHARE) return { valid: false, detections: [] }
  const found = frame.truth.boxes
    .filter((box) => box.class === 'person')
    .flatMap((box) => detect(box, frame, random) ?? [])
  if (random.unit() < FALSE_SHARE) found.push(imagined(frame, random))
  return { valid: true, detections: found }
}

function detect(box: TruthBox, frame: NetworkFrame, random: Random): SensorDetection | undefined {
  // Each person takes the same number of draws, so that missing one changes nothing for the others.
  const [chance, dx, dy, dw, dh, spread] = Array.from({ length: 6 }, () => random.unit()) as Six
  const inputRows = (box.height / frame.window.height) * INPUT_ROWS
  const sizeMiss = Math.max(0, (24 - inputRows) / 24) // SSD-class detectors lose people below about 24 rows
  const hiddenMiss = box.visibleFraction < 0.45 ? 1 - box.visibleFraction : 0
  const miss = Math.max(MISS_SHARE, sizeMiss, hiddenMiss)
  if (chance < miss) return undefined
  const jitter = 0.04 // of the box, about the localisation error of a network with intersection over union near 0.85
  const moved = {
    x: box.x + (dx - 0.5) * jitter * box.width,
    y: box.y + (dy - 0.5) * jitter * box.height,
    width: box.width * (1 + (dw - 0.5) * jitter),
    height: box.height * (1 + (dh - 0.5) * jitter),
  }
  const pixels = toPixels(moved, frame)
  if (!pixels) return undefined
  const sure = 0.45 + 0.35 * box.visibleFraction + 0.15 * Math.min(1, inputRows / 96)
  return { class: 'person', score: round(Math.min(0.99, Math.max(0.05, sure + 0.08 * (spread - 0.5)))), box: pixels }
}

function imagined(frame: NetworkFrame, random: Random): SensorDetection {
  const width = Math.max(1, Math.round(frame.widthPixels * 0.05))
  const height = Math.max(1, Math.round(frame.heightPixels * 0.15))
  const x = Math.floor(random.unit() * (frame.widthPixels - width))
  const y = Math.floor(random.unit() * (frame.heightPixels - height))
  return { class: 'person', score: round(random.between(0.2, 0.45)), box: { x, y, width, height } }
}

/** A box of the field of view in whole pixels of the frame; `undefined` where it lies outside. */
function toPixels(box: { x: number; y: number; width: number; height: number }, frame: NetworkFrame) {
  const { window } = frame
  const across = frame.widthPixels / window.width
  const down = frame.heightPixels / window.height
  const left = Math.max(0, Math.round((box.x - window.x) * across))
  const top = Math.max(0, Math.round((box.y - window.y) * down))
  const right = Math.min(frame.widthPixels, Math.round((box.x + box.width - window.x) * across))
  const bottom = Math.min(frame.heightPixels, Math.round((box.y + box.height - window.y) * down))
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined
}

type Six = [number, number, number, number, number, number]
const round = (score: number) => Math.round(score * 1000) / 1000
