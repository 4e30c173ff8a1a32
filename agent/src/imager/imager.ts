/**
 * The imager port: what the agent needs of a CMOS image sensor, whatever drives it (simulated, ffmpeg, rpicam).
 * Pixels are made only when somebody asks: a frame knows its facts at once and renders on `read`.
 */
import type { ImagerFacts, PixelFormat } from '@ocelli/schemas/messages/inventory'

/** A rectangle in pixels of the frame it is applied to (before binning for sensor settings). */
export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The settings that a frame was exposed with. Exposure in microseconds, gain in decibels, frame rate in millihertz. */
export interface ImagerSettings {
  readonly exposureMicros: number
  readonly gainDecibels: number
  readonly frameRateMillihertz: number
  /** Region of interest on the sensor, in pixels before binning. */
  readonly region: Region
}

/** One box found by a network in the sensor. Coordinates in pixels of the frame; score 0 to 1. */
export interface SensorDetection {
  readonly class: string
  readonly score: number
  readonly box: Region
}

/** What an in-sensor network gave for one frame; `valid` is false while the sensor has no output for it. */
export interface SensorInference {
  readonly valid: boolean
  readonly detections: readonly SensorDetection[]
}

/** One captured frame. `read` may be called any number of times until `release`. */
export interface CapturedFrame {
  /** Counts every frame the imager captured since it was opened; gaps are frames nobody consumed or that were dropped. */
  readonly sequence: number
  /** Start of exposure of the first row, in nanoseconds of the device's monotonic clock. */
  readonly captureNanos: bigint
  readonly widthPixels: number
  readonly heightPixels: number
  readonly format: PixelFormat
  readonly settings: ImagerSettings
  /** The whole plane in row order, 8 bits a sample for `gray8`; 16 bits little endian for 10-bit unpacked formats. */
  read(): Uint8Array
  /** Every `step`-th pixel in both directions of `region`. Throws RangeError where the region leaves the frame. */
  readRegion(region: Region, step: number): Uint8Array
  /** The in-sensor network's output for this frame, where the sensor runs one. */
  inference?(): SensorInference
  release(): void
}

/** What one consumer wants of an imager. The imager serves each consumer at its own rate and size. */
export interface StreamRequest {
  /** At most this many frames, in millihertz. Where absent, the imager's own rate. */
  readonly frameRateMillihertz?: number
  readonly widthPixels?: number
  readonly heightPixels?: number
  readonly format?: PixelFormat
}

/** Receives frames; a consumer that is still busy with one frame misses the next, and `dropped` counts those since the last delivery. */
export interface FrameConsumer {
  onFrame(frame: CapturedFrame, dropped: number): void
  /** The imager stopped delivering (unplugged, process died); the driver keeps trying and calls `onFrame` again when it is back. */
  onInterrupted(reason: string): void
}

export interface FrameSubscription {
  close(): void
}

/** Ranges are in `facts`; a value outside of them is clamped and the clamped value returned. Takes effect some frames later. */
export interface ImagerControl {
  current(): ImagerSettings
  set(change: Partial<ImagerSettings>): ImagerSettings
}

export interface Imager {
  readonly facts: ImagerFacts
  /** Whether the sensor runs a detection network itself, so that its frames have `inference`. */
  readonly detects?: boolean
  subscribe(request: StreamRequest, consumer: FrameConsumer): FrameSubscription
  readonly control?: ImagerControl
  close(): Promise<void>
}

/** All imagers of a device. `onChange` reports hot-plug: the list is the new truth. */
export interface ImagerBank {
  list(): readonly Imager[]
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
