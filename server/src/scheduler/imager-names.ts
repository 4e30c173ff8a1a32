/**
 * Names of imagers are every device's own. What is worked out for a class of devices has marks in their place, which
 * are put back when it is said of one of them: so unique names do not make every device a class of its own.
 */
import type { ImagerId } from '@ocelli/schemas/ids'

/** Marks are characters that no id has, one for each position; they are in order, as names are. */
const FIRST_MARK = 0xe000
/** As UTF-8. */
export const MARK_BYTES = 3
const MARKS = /[\ue000-\ue0ff]/
const ALL_MARKS = /[\ue000-\ue0ff]/g

export function markOf(position: number): ImagerId {
  return String.fromCharCode(FIRST_MARK + position) as ImagerId
}

export function nameOf(mark: string, names: readonly ImagerId[]): ImagerId | undefined {
  return mark.length === 1 ? names[mark.charCodeAt(0) - FIRST_MARK] : undefined
}

export function withNames(text: string, names: readonly ImagerId[]): string {
  return MARKS.test(text) ? text.replace(ALL_MARKS, (mark) => nameOf(mark, names) ?? mark) : text
}
