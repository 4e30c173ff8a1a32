/** The rules of names and texts in the guest contract. Each check answers with the problem, or `undefined`. */

const NAME = /^[a-z0-9._-]{1,64}$/
const IMAGE_NAME = /^[a-z0-9_-]{1,64}$/
const WORD = /^[a-z0-9-]{1,32}$/

export function checkName(what: string, name: string): string | undefined {
  return NAME.test(name) ? undefined : `${what} "${clip(name)}" is not 1 to 64 of a-z, 0-9, "-", "_", "."`
}

export function checkImageName(name: string): string | undefined {
  return IMAGE_NAME.test(name) ? undefined : `name "${clip(name)}" is not 1 to 64 of a-z, 0-9, "-", "_"`
}

export function checkWord(word: string): string | undefined {
  return WORD.test(word) ? undefined : `word "${clip(word)}" is not 1 to 32 of a-z, 0-9, "-"`
}

/** A text of `least` to `most` bytes of UTF-8. */
export function checkLength(what: string, text: string, least: number, most: number): string | undefined {
  const bytes = Buffer.byteLength(text)
  return bytes >= least && bytes <= most ? undefined : `${what} has ${bytes} bytes, not ${least} to ${most}`
}

export function checkFinite(what: string, value: number): string | undefined {
  return Number.isFinite(value) ? undefined : `${what} ${value} is not finite`
}

/** The first problem among several checks. */
export function firstProblem(...problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined)
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
