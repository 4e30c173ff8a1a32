/** Small pieces of wording that every screen shares. */

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** `3 min`: the largest unit that fits, whole. */
export function age(ms: number): string {
  for (const [size, unit] of UNITS) if (ms >= size) return `${Math.floor(ms / size)} ${unit}`
  return '0 s'
}

/** `2 min 5 s`: what is above zero, to the second; below a second `0.5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms / 1000} s`
  let left = Math.round(ms / 1000) * 1000
  const parts: string[] = []
  for (const [size, unit] of UNITS) {
    if (left >= size) parts.push(`${Math.floor(left / size)} ${unit}`)
    left %= size
  }
  return parts.join(' ')
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`
  return `${(count / 1024 / 1024).toFixed(1)} MiB`
}

/** `1 device`, `2 devices`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A measured value without digits that say nothing. */
export function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
}

export function labels(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Local time of day with milliseconds, as logs show it. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Times as `2h`, `30m`, `45s`, `7d` in milliseconds; `undefined` where the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)\s*(ms|s|m|min|h|d)$/.exec(text.trim())
  if (!match) return undefined
  const factor = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? '']
  return factor === undefined ? undefined : Number(match[1]) * factor
}
