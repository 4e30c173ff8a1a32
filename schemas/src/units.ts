/** One unit per quantity in the whole product; the unit is the last word of a field's name. */
import { Type } from './typebox.ts'

/** The largest integer that every JSON reader keeps exactly. */
export const MAX_SAFE = Number.MAX_SAFE_INTEGER

/** A whole number from `minimum` to 2^53 - 1. */
export const Whole = (description: string, minimum = 0, maximum = MAX_SAFE) =>
  Type.Integer({ description, minimum, maximum })

export const Micros = (description: string) => Whole(`${description}, in microseconds`)
export const Millis = (description: string, minimum = 0) => Whole(`${description}, in milliseconds`, minimum)
export const Bytes = (description: string) => Whole(`${description}, in bytes`)
export const Pixels = (description: string) => Whole(`${description}, in pixels`, 0, 65_535)
export const Millihertz = (description: string) => Whole(`${description}, in millihertz`, 0, 10_000_000)
export const Decibels = (description: string) => Type.Number({ description: `${description}, in decibels` })
/** Device or server wall time: milliseconds since 1970-01-01T00:00:00Z, never used to order records. */
export const WallMs = (description: string) => Whole(`${description}, in milliseconds since 1970 (UTC)`)
/** A short text for people; never parsed. */
export const Text = (description: string, maxLength = 1024) => Type.String({ description, maxLength })
