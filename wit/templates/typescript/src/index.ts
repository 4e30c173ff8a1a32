// Publishes the mean luma of some pixels of the newest frame, once an interval.
import { latest } from 'ocelli:sensing/frames@0.1.0'
import { publish } from 'ocelli:sensing/measurements@0.1.0'

/** Pixels looked at across the frame: JavaScript in a component takes some 100 nanoseconds a pixel. */
const COLUMNS = 64

export const intervalHandler = {
  /** Called once an interval; throw a text to report an error. */
  onInterval(): void {
    const frame = latest()
    if (frame === undefined || frame === null) return
    try {
      const { width, height } = frame.info()
      const step = Math.min(64, Math.max(1, Math.floor(width / COLUMNS)))
      const luma = frame.readRegion({ x: 0, y: 0, width, height }, step)
      let sum = 0
      for (const value of luma) sum += value
      publish('brightness', '1', sum / luma.length, [])
    } finally {
      frame[Symbol.dispose]()
    }
  },
}
