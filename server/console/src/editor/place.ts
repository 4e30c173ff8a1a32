/** Where in a manifest the cursor stands: which key or value is being written, while the text is not yet whole. */

export interface Place {
  readonly writes: 'key' | 'value'
  /** Keys from the top to the mapping that gets the key, or to the value; `[]` stands for an item of a list. */
  readonly path: readonly string[]
  /** What is written of it so far, and where that starts in the text. */
  readonly word: string
  readonly from: number
  /** Column of the key, where it stands on a line of its own. */
  readonly column: number | undefined
  /** Keys that the mapping has already. */
  readonly taken: ReadonlySet<string>
}

interface Token {
  readonly column: number
  /** Nothing for the dash of a list item. */
  readonly key?: string
}

const KEY = String.raw`[A-Za-z_][\w./-]*`
const WORD = /[\w@.%/-]*$/

/** Undefined within a comment or a text in quotes. */
export function placeAt(text: string, position: number): Place | undefined {
  const start = text.lastIndexOf('\n', position - 1) + 1
  const written = text.slice(start, position)
  const before = text.slice(0, start).split('\n').slice(0, -1)
  const after = text.slice(position).split('\n').slice(1)
  const head = new RegExp(`^(\\s*(?:- +)*)(?:(${KEY}):(?:\\s+(.*))?)?$`).exec(written)
  if (head?.[2] === undefined) return outOfFlow(written, before, after, position)
  const [, lead = '', key, rest] = head
  if (rest === undefined) return undefined
  const path = [...pathTo([...before, lead], lead.length), key]
  return withinFlow(rest, path, position)
}

/** No `key: ` on the line yet: a key, or an item of a list. */
function outOfFlow(
  written: string,
  before: readonly string[],
  after: readonly string[],
  position: number,
): Place | undefined {
  const [, lead = '', word] = /^(\s*(?:- +)*)([\w@.%/-]*)$/.exec(written) ?? []
  if (word === undefined) return undefined
  const column = lead.length
  const taken = new Set([...siblings([...before].reverse(), column), ...siblings(after, column)])
  const from = position - word.length
  return { writes: 'key', path: pathTo([...before, lead], column), word, from, column, taken }
}

interface Open {
  readonly isMap: boolean
  key: string | undefined
  readonly taken: Set<string>
}

/** After `key: ` on the same line: a plain value, or within `{ … }` and `[ … ]`. */
function withinFlow(rest: string, path: readonly string[], position: number): Place | undefined {
  const open: Open[] = []
  let quote = ''
  let token = ''
  for (const [index, sign] of [...rest].entries()) {
    const top = open.at(-1)
    if (quote !== '') {
      if (sign === quote) quote = ''
    } else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '#' && /^$|\s$/.test(rest.slice(0, index))) return undefined
    else if (sign === '{' || sign === '[') {
      open.push({ isMap: sign === '{', key: undefined, taken: new Set() })
      token = ''
    } else if (sign === '}' || sign === ']') {
      open.pop()
      token = ''
    } else if (sign === ',') {
      if (top) top.key = undefined
      token = ''
    } else if (sign === ':' && top?.isMap === true && top.key === undefined) {
      top.key = token.trim()
      top.taken.add(top.key)
      token = ''
    } else token += sign
  }
  if (quote !== '') return undefined
  const steps = open.flatMap(({ isMap, key }) => (isMap ? (key === undefined ? [] : [key]) : ['[]']))
  const word = WORD.exec(rest)?.[0] ?? ''
  const top = open.at(-1)
  const writes = top?.isMap === true && top.key === undefined ? 'key' : 'value'
  const taken = top?.taken ?? new Set<string>()
  return { writes, path: [...path, ...steps], word, from: position - word.length, column: undefined, taken }
}

/** `  - name: x` is a dash at 2 and a key at 4. */
function tokensOf(line: string): readonly Token[] {
  if (/^\s*(#.*)?$/.test(line.replace(/- /g, ''))) {
    return [...line.matchAll(/- /g)].map(({ index }) => ({ column: index }))
  }
  const [, lead = '', key] = new RegExp(`^(\\s*(?:- +)*)(?:(${KEY}):(?:\\s|$))?`).exec(line) ?? []
  const dashes = [...lead.matchAll(/- /g)].map(({ index }): Token => ({ column: index }))
  return key === undefined ? dashes : [...dashes, { column: lead.length, key }]
}

/** Keys above whatever stands at `column` of the last line. */
function pathTo(lines: readonly string[], column: number): readonly string[] {
  const path: string[] = []
  let level = column
  // A list may stand in the column of its key.
  let isList = false
  for (const line of [...lines].reverse()) {
    if (line.startsWith('---')) break
    for (const token of [...tokensOf(line)].reverse()) {
      if (token.key === undefined) {
        if (token.column >= level) continue
        path.unshift('[]')
        isList = true
      } else {
        if (token.column > level || (token.column === level && !isList)) continue
        path.unshift(token.key)
        isList = false
      }
      level = token.column
    }
    if (level === 0 && !isList) break
  }
  return path
}

/** Keys of the same mapping, from the nearest line on. */
function siblings(lines: readonly string[], column: number): readonly string[] {
  const found: string[] = []
  for (const line of lines) {
    if (line.startsWith('---')) break
    const tokens = tokensOf(line)
    found.push(...tokens.flatMap((token) => (token.key !== undefined && token.column === column ? [token.key] : [])))
    if (tokens.some((token) => token.column < column)) break
  }
  return found
}
