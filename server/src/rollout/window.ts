/** Maintenance windows, in the time of the place where a device stands. */
import { type MaintenanceWindow, WEEKDAYS } from '@ocelli/schemas/manifest/rollout'
import type { LocalTime } from './facts.ts'

/** Whether one of the windows is open; none asked for: always. */
export function isOpen(windows: readonly MaintenanceWindow[] | undefined, local: LocalTime): boolean {
  return windows === undefined || windows.some((window) => contains(window, local))
}

function contains({ days, from, to }: MaintenanceWindow, { weekday, minute }: LocalTime): boolean {
  const start = minuteOf(from)
  const end = minuteOf(to)
  const on = (day: number) => days === undefined || days.some((name) => WEEKDAYS.indexOf(name) === day)
  // One that ends where it starts is open all day.
  if (start < end) return on(weekday) && minute >= start && minute < end
  if (start === end) return on(weekday)
  return (on(weekday) && minute >= start) || (on((weekday + 6) % 7) && minute < end)
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** `daily 22:00 to 05:00`, `sat, sun 00:00 to 06:00`. */
export function windowText({ days, from, to }: MaintenanceWindow): string {
  return `${days === undefined ? 'daily' : days.join(', ')} ${from} to ${to}`
}
