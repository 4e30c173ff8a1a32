/** Local time of a place by the IANA name of its zone, from the runtime's own tables. */
import type { LocalTime } from './rollout/facts.ts'

/** Undefined where the zone is not known. */
export type LocalTimeOf = (zone: string, atMs: number) => LocalTime | undefined

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** A hostile set of labels must not fill the memory with formats. */
const MAX_ZONES = 1024

export function createLocalTime(): LocalTimeOf {
  const formats = new Map<string, Intl.DateTimeFormat | undefined>()
  return (zone, atMs) => {
    if (!formats.has(zone)) {
      if (formats.size >= MAX_ZONES) formats.clear()
      formats.set(zone, formatOf(zone))
    }
    const parts = formats.get(zone)?.formatToParts(atMs)
    if (parts === undefined) return undefined
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? ''
    return { weekday: WEEKDAYS.indexOf(part('weekday')), minute: Number(part('hour')) * 60 + Number(part('minute')) }
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  } catch {
    return undefined
  }
}
