/** Numbers, sizes and times as people read them. */

const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 })
const COMPACT = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 })

export const number = (value: number): string => NUMBER.format(value)
const ROUGH = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 })
/** A rate, as exact as it is worth. */
export const rate = (value: number): string => (value < 1_000 ? ROUGH.format(value) : compact(value))
export const compact = (value: number): string =>
  Math.abs(value) < 100_000 ? NUMBER.format(value) : COMPACT.format(value)

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** The two largest units of a duration: 3 d 4 h. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (ms > 0 && ms < 1000) return `${Math.round(ms)} ms`
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

export function ago(atMs: number, nowMs: number): string {
  const passed = nowMs - atMs
  if (Math.abs(passed) < 5_000) return 'just now'
  const [size = '', unit = ''] = duration(Math.abs(passed)).split(' ')
  return passed < 0 ? `in ${size} ${unit}` : `${size} ${unit} ago`
}

const DATE_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })
export const dateTime = (atMs: number): string => DATE_TIME.format(atMs)
export const clockTime = (atMs: number): string => CLOCK.format(atMs)
export const date = (atMs: number): string => DATE.format(atMs)

/** UCUM as people write it; some units are annotations, as in {people}. */
const UNITS: Readonly<Record<string, string>> = { '1': '', us: 'µs', Cel: '°C', deg: '°', '[ppm]': 'ppm' }
export const unitText = (unit: string): string => UNITS[unit] ?? unit.replace(/[{}]/g, '')

export const hertz = (millihertz: number): string => `${number(millihertz / 1000)} Hz`

/** Interfaces without their package where it is ours: frames@0.1.0. */
export const interfaceName = (name: string): string => name.replace(/^ocelli:sensing\//, '')

export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12)

/** `camelCase` from the wire as words. */
export const words = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[._-]/g, ' ')
    .toLowerCase()

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const INSTANT = /\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g
/** What the server tells in words, with its times as they are here. */
export const told = (text: string): string => sentence(text.replace(INSTANT, (one) => dateTime(Date.parse(one))))
