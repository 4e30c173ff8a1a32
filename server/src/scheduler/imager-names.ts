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

/** A text cut at its marks: to put names back is then to join it again, which is done for each of 100,000 devices. */
export interface MarkedText {
  readonly texts: readonly string[]
  /** Of the imagers between the texts. */
  readonly positions: readonly number[]
}

/** Undefined where the text has no marks: it is the same for all. */
export function markedText(text: string): MarkedText | undefined {
  if (!MARKS.test(text)) return undefined
  const positions = [...text.matchAll(ALL_MARKS)].map(([mark]) => mark.charCodeAt(0) - FIRST_MARK)
  return { texts: text.split(ALL_MARKS), positions }
}

export function joined({ texts, positions }: MarkedText, names: readonly ImagerId[]): string {
  let text = texts[0] ?? ''
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index] ?? 0
    text += (names[position] ?? markOf(position)) + (texts[index + 1] ?? '')
  }
  return text
}
