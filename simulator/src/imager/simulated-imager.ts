/**
 * A simulated imager behind the agent's imager port. Time alone moves its frames on; a frame costs nothing until somebody
 * reads it, and then it is rendered at the size that its consumer asked for.
 */
import type {
  CapturedFrame,
  FrameConsumer,
  FrameSubscription,
  Imager,
  ImagerControl,
  ImagerSettings,
  SensorInference,
  StreamRequest,
} from '@ocelli/agent/imager/imager'
import type { ImagerId } from '@ocelli/schemas/ids'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { Clock } from '../clock.ts'
import { type Seed, seedFor } from '../random.ts'
import type { Scene } from '../scene/scene.ts'
import { subsample } from './develop.ts'
import { createFrameRenderer, type FrameOrder, type FrameRenderer, windowOf } from './frame-renderer.ts'
import {
  captureNanos,
  changeSettings,
  type FrameTimeline,
  periodOf,
  sequenceAt,
  settingsOf,
  startTimeline,
} from './frame-timeline.ts'
import { clampSettings, streamShape } from './imager-limits.ts'
import { inferPeople } from './in-sensor-network.ts'
import type { SensorProfile } from './sensor-profiles.ts'

export interface SimulatedImagerOptions {
  readonly id: ImagerId
  readonly sensor: SensorProfile
  readonly scene: Scene
  readonly clock: Clock
  /** Decides all noise of this imager; split by device and imager. */
  readonly seed: Seed
  /** Settings from the first frame on. */
  readonly settings: ImagerSettings
  /** Temperature of the sensor in degrees Celsius. */
  readonly celsius: number
}

/** An imager with the simulator's own view of it. */
export interface SimulatedImager extends Imager {
  readonly scene: Scene
  /** The cable comes off: consumers hear of it and get no frames. */
  interrupt(reason: string): void
  /** The cable is back: frames go on, their numbers as well. */
  resume(): void
}

interface Subscriber {
  readonly consumer: FrameConsumer
  readonly request: StreamRequest
  dueNanos: number
  lastSequence: number
  busy: boolean
  dropped: number
  cancelTimer: (() => void) | undefined
}

export function factsOf(id: ImagerId, sensor: SensorProfile): ImagerFacts {
  return {
    id,
    driver: 'simulated',
    model: sensor.model,
    widthPixels: sensor.sensorWidthPixels / sensor.binning,
    heightPixels: sensor.sensorHeightPixels / sensor.binning,
    colour: sensor.colour,
    formats: [...sensor.formats],
    maxFrameRateMillihertz: sensor.maxFrameRateMillihertz,
    exposureMicros: { min: sensor.minExposureMicros, max: sensor.maxExposureMicros },
    gainDecibels: { min: 0, max: sensor.maxGainDecibels },
    controllable: sensor.controllable,
  }
}

export function createSimulatedImager(options: SimulatedImagerOptions): SimulatedImager {
  const { sensor, clock, scene } = options
  const openedNanos = clock.monotonicNanos()
  const renderer = createFrameRenderer(sensor, scene, seedFor(options.seed.join(' '), 'frames'))
  const networkSeed = seedFor(options.seed.join(' '), 'network')
  const subscribers = new Set<Subscriber>()
  let requested = clampSettings(sensor, options.settings, options.settings)
  let timeline = startTimeline(requested)
  let delivering = true
  let closed = false

  const nowNanos = () => Number(clock.monotonicNanos() - openedNanos)

  /** A frame is there when its last row has been exposed and read. */
  const readyNanos = (sequence: number) => {
    const settings = settingsOf(timeline, sequence)
    const readoutNanos = sensor.physics.rowNanos * settings.region.height
    return captureNanos(timeline, sequence) + settings.exposureMicros * 1000 + readoutNanos
  }

  const schedule = (subscriber: Subscriber) => {
    const sequence = nextSequence(timeline, subscriber)
    const delayMs = Math.max(0, (readyNanos(sequence) - nowNanos()) / 1e6)
    subscriber.cancelTimer = clock.setTimer(delayMs, () => {
      subscriber.cancelTimer = undefined
      deliver(subscriber, sequence)
    })
  }

  const deliver = (subscriber: Subscriber, planned: number) => {
    if (!delivering || !subscribers.has(subscriber)) return
    const intervalNanos = intervalOf(subscriber.request, settingsOf(timeline, planned).frameRateMillihertz)
    // A late timer gives the newest frame that is ready; the turns that it slept through are dropped ones.
    const late = Math.max(0, Math.floor((nowNanos() - readyNanos(planned)) / intervalNanos))
    const skipped = late === 0 ? planned : sequenceAt(timeline, captureNanos(timeline, planned) + late * intervalNanos)
    const sequence = Math.max(planned, skipped)
    subscriber.dropped += late
    subscriber.lastSequence = sequence
    subscriber.dueNanos = nextTurn(timeline, sequence, intervalNanos)
    schedule(subscriber)
    if (subscriber.busy) {
      subscriber.dropped++
      return
    }
    const dropped = subscriber.dropped
    subscriber.dropped = 0
    subscriber.busy = true
    const order = orderFor(sequence, subscriber.request)
    subscriber.consumer.onFrame(
      createFrame({ order, renderer, sensor, scene, networkSeed, onRelease: () => (subscriber.busy = false) }),
      dropped,
    )
  }

  const orderFor = (sequence: number, request: StreamRequest): FrameOrder => {
    const settings = settingsOf(timeline, sequence)
    return {
      sequence,
      captureNanos: openedNanos + BigInt(Math.round(captureNanos(timeline, sequence))),
      settings,
      ...streamShape(sensor, settings.region, request),
      celsius: options.celsius,
    }
  }

  const stopTimers = () => {
    for (const subscriber of subscribers) subscriber.cancelTimer?.()
  }

  const control: ImagerControl = {
    current: () => requested,
    set(change) {
      requested = clampSettings(sensor, { ...requested, ...change }, requested)
      timeline = changeSettings(timeline, sequenceAt(timeline, nowNanos()), requested)
      return requested
    },
  }

  return {
    facts: factsOf(options.id, sensor),
    detects: sensor.network,
    scene,
    ...(sensor.controllable ? { control } : {}),
    subscribe(request, consumer) {
      if (closed) throw new Error(`imager ${options.id} is closed`)
      const now = nowNanos()
      const subscriber: Subscriber = {
        consumer,
        request,
        dueNanos: now,
        lastSequence: sequenceAt(timeline, now) - 1,
        busy: false,
        dropped: 0,
        cancelTimer: undefined,
      }
      subscribers.add(subscriber)
      // Not in the call of a guest that reads its first frame: its deadline runs. Where the sensor itself detects, most
      // consumers never read a pixel.
      if (!sensor.network) renderer.prepare(orderFor(sequenceAt(timeline, now), request))
      if (delivering) schedule(subscriber)
      return subscriptionOf(subscriber, subscribers)
    },
    interrupt(reason) {
      if (!delivering) return
      delivering = false
      stopTimers()
      for (const { consumer } of [...subscribers]) consumer.onInterrupted(reason)
    },
    resume() {
      if (delivering || closed) return
      delivering = true
      // Power was off: the sensor starts again with the settings asked for last, and numbers its frames on.
      const now = nowNanos()
      timeline = startTimeline(requested, sequenceAt(timeline, now) + 1, now)
      for (const subscriber of subscribers) {
        subscriber.dueNanos = now
        schedule(subscriber)
      }
    },
    async close() {
      closed = true
      delivering = false
      stopTimers()
      subscribers.clear()
    },
  }
}

function subscriptionOf(subscriber: Subscriber, subscribers: Set<Subscriber>): FrameSubscription {
  return {
    close() {
      subscriber.cancelTimer?.()
      subscribers.delete(subscriber)
    },
  }
}

/** Time between the frames of a consumer: its own rate, at most that of the imager. */
function intervalOf(request: StreamRequest, frameRateMillihertz: number): number {
  return periodOf(Math.max(1, Math.min(request.frameRateMillihertz ?? frameRateMillihertz, frameRateMillihertz)))
}

/**
 * The turn after the one that a frame was for. Turns are counted from the opening of the imager, so that consumers of
 * one rate (a shadow and its live twin) get the same frames, whenever they came.
 */
function nextTurn(timeline: FrameTimeline, sequence: number, intervalNanos: number): number {
  const halfPeriod = periodOf(settingsOf(timeline, sequence).frameRateMillihertz) / 2
  // Less a millionth: on the very edge between two turns, rounding must not skip one.
  return Math.ceil((captureNanos(timeline, sequence) + halfPeriod) / intervalNanos - 1e-6) * intervalNanos
}

/** The first frame at or after the consumer's next turn that it has not had; half a frame early is on time. */
function nextSequence(timeline: FrameTimeline, subscriber: Subscriber): number {
  const newest = sequenceAt(timeline, subscriber.dueNanos)
  const halfPeriod = periodOf(settingsOf(timeline, newest).frameRateMillihertz) / 2
  const due = sequenceAt(timeline, subscriber.dueNanos + halfPeriod)
  return Math.max(due, subscriber.lastSequence + 1, timeline.segments[0]?.fromSequence ?? 0)
}

interface FrameParts {
  readonly order: FrameOrder
  readonly renderer: FrameRenderer
  readonly sensor: SensorProfile
  readonly scene: Scene
  readonly networkSeed: Seed
  readonly onRelease: () => void
}

function createFrame(parts: FrameParts): CapturedFrame {
  const { order, sensor } = parts
  let bytes: Uint8Array | undefined
  let released = false
  const read = () => {
    if (released) throw new Error(`frame ${order.sequence} was released`)
    bytes ??= parts.renderer.render(order)
    return bytes
  }
  const infer = (): SensorInference =>
    inferPeople(
      {
        sequence: order.sequence,
        widthPixels: order.widthPixels,
        heightPixels: order.heightPixels,
        window: windowOf(sensor, order.settings.region),
        truth: parts.scene.truthAt(order.captureNanos),
      },
      parts.networkSeed,
    )
  return {
    sequence: order.sequence,
    captureNanos: order.captureNanos,
    widthPixels: order.widthPixels,
    heightPixels: order.heightPixels,
    format: order.format,
    settings: order.settings,
    read,
    readRegion: (region, step) =>
      subsample(
        { bytes: read(), widthPixels: order.widthPixels, heightPixels: order.heightPixels },
        order.format,
        region,
        step,
      ),
    ...(sensor.network ? { inference: infer } : {}),
    release() {
      if (released) return
      released = true
      bytes = undefined
      parts.onRelease()
    },
  }
}
