/** Reading of flags and arguments that several commands share. Each throws a usage error that names the bad value. */
import { readFileSync } from 'node:fs'
import { usageError } from './exit.ts'
import { parseDuration } from './format/text.ts'

/** Collects a repeatable flag. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** `key=value` pairs. */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw usageError(`${pair} is no label`, '--label floor=1')
    return [pair.slice(0, at), pair.slice(at + 1)] as const
  })
  return Object.fromEntries(entries)
}

/** `key=value` sets, `key-` removes. */
export function parseLabelEdits(edits: readonly string[]): Record<string, string | null> {
  const removals = edits.filter((edit) => edit.endsWith('-') && !edit.includes('='))
  const rest = edits.filter((edit) => !removals.includes(edit))
  return { ...parseLabels(rest), ...Object.fromEntries(removals.map((edit) => [edit.slice(0, -1), null])) }
}

export function durationMs(text: string): number {
  const value = parseDuration(text)
  if (value === undefined) throw usageError(`${text} is no duration`, 'write 45s, 30m, 2h or 7d')
  return value
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw usageError(`${text} is no whole number above 0`)
  return value
}

/** A file, or standard input for `-`. */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (cause) {
    throw usageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
