/** What is wrong with a text before it is sent: its YAML, and what the schema says. The server has the last word. */
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml'
import type { TextProblem } from './problems.ts'
import { alternatives, KINDS, openProperty, type Schema, typeText } from './schema.ts'

interface Finding {
  /** Offsets in the text. */
  readonly from: number
  readonly to: number
  readonly message: string
}

export function problemsIn(text: string): readonly TextProblem[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines })
  if (!Array.isArray(documents)) return []
  return documents
    .flatMap((document): readonly Finding[] => {
      const [broken] = document.errors
      if (broken !== undefined) {
        const [message = ''] = broken.message.split(/ at line \d+/)
        return [{ from: broken.pos[0], to: broken.pos[1], message }]
      }
      return document.contents === null ? [] : checkDocument(document.contents)
    })
    .map(({ from, to, message }) => {
      const { line, col: column } = lines.linePos(from)
      return { line, column, length: Math.max(1, to - from), message }
    })
}

function checkDocument(node: ParsedNode): readonly Finding[] {
  if (!isMap(node)) return [finding(node, 'A manifest has the keys apiVersion, kind, metadata and spec')]
  const kind = node.get('kind')
  const schema = typeof kind === 'string' ? KINDS[kind] : undefined
  if (schema !== undefined) return check(node, schema, node)
  const names = Object.keys(KINDS).join(', ')
  const at = node.items.find(({ key }) => isScalar(key) && key.value === 'kind')?.value ?? node
  return [finding(at, `\`kind\` must be one of ${names}`)]
}

/** `at` is where something is missing that has no place of its own: the key, or the item. */
function check(node: ParsedNode | null, schema: Schema, at: ParsedNode): readonly Finding[] {
  const choices = alternatives(schema)
  if (choices.length > 1) return checkChoices(node, choices, at)
  const [one] = choices
  if (one === undefined) return []
  if (node === null || (isScalar(node) && node.value === null))
    return [finding(at, `It has no value: ${typeText(one)}`)]
  if (one.const !== undefined) {
    return isScalar(node) && node.value === one.const ? [] : [finding(node, `It must be ${typeText(one)}`)]
  }
  switch (one.type) {
    case 'object':
      return isMap(node) ? checkMap(node, one, at) : [finding(node, `It must be ${typeText(one)}`)]
    case 'array':
      return isSeq(node) ? checkList(node, one) : [finding(node, 'It must be a list: [a, b]')]
    default:
      return checkScalar(node, one)
  }
}

/** Of several that may stand here, the one that the text comes nearest to is told about. */
function checkChoices(node: ParsedNode | null, choices: readonly Schema[], at: ParsedNode): readonly Finding[] {
  const tried = choices.map((choice) => ({ choice, found: check(node, choice, at) }))
  if (tried.some(({ found }) => found.length === 0)) return []
  const alike = tried.filter(({ choice }) =>
    isMap(node) ? choice.type === 'object' : isSeq(node) ? choice.type === 'array' : false,
  )
  const [nearest] = alike.sort((a, b) => a.found.length - b.found.length)
  if (nearest !== undefined) return nearest.found
  return [finding(node ?? at, `It must be ${[...new Set(choices.map(typeText))].join(', or ')}`)]
}

function checkMap(node: ParsedNode & { items: unknown }, schema: Schema, at: ParsedNode): readonly Finding[] {
  if (!isMap(node)) return []
  const present = new Set<string>()
  const found = node.items.flatMap(({ key, value }): readonly Finding[] => {
    const name = String(isScalar(key) ? key.value : key)
    present.add(name)
    const property = schema.properties?.[name] ?? openProperty(schema, name)
    if (property !== undefined) return check(value, property, key)
    return schema.additionalProperties === false ? [finding(key, unknownKey(name, schema))] : []
  })
  const missing = (schema.required ?? []).filter((one) => !present.has(one))
  const told = missing.map((one) => `\`${one}\``).join(' and ')
  return missing.length === 0
    ? found
    : [finding(at, `${told} ${missing.length === 1 ? 'is' : 'are'} missing`), ...found]
}

function unknownKey(name: string, { properties = {} }: Schema): string {
  const names = Object.keys(properties)
  const [nearest] = names
    .map((one) => [one, distance(one.toLowerCase(), name.toLowerCase())] as const)
    .filter(([one, edits]) => edits <= Math.max(2, one.length / 3))
    .sort((a, b) => a[1] - b[1])
  const next = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean \`${nearest[0]}\`?`
  return `There is no \`${name}\` here; ${next}`
}

function checkList(node: ParsedNode & { items: unknown }, schema: Schema): readonly Finding[] {
  if (!isSeq(node)) return []
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items = {} } = schema
  const count = node.items.length
  if (count < minItems) return [finding(node, `It must have at least ${minItems}`)]
  if (count > maxItems) return [finding(node, `It has ${count}, ${maxItems} are allowed`)]
  return node.items.flatMap((item) => check(item as ParsedNode, items, item as ParsedNode))
}

function checkScalar(node: ParsedNode, schema: Schema): readonly Finding[] {
  if (schema.type === undefined) return []
  const value: unknown = isScalar(node) ? node.value : undefined
  const told = [finding(node, `It must be ${typeText(schema)}`)]
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean' ? [] : told
    case 'integer':
    case 'number': {
      const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, exclusiveMinimum } = schema
      if (typeof value !== 'number' || (schema.type === 'integer' && !Number.isInteger(value))) return told
      if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
        return [finding(node, `It must be above ${exclusiveMinimum}`)]
      }
      return value < minimum || value > maximum ? told : []
    }
    default:
      return checkText(node, value, schema)
  }
}

function checkText(node: ParsedNode, value: unknown, schema: Schema): readonly Finding[] {
  const { pattern, description, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  if (typeof value !== 'string') {
    return [finding(node, isScalar(node) ? 'It must be text: put it in quotes' : 'It must be text')]
  }
  if (value.length < minLength) return [finding(node, 'It is empty')]
  if (value.length > maxLength) return [finding(node, `It has ${value.length} letters, ${maxLength} are allowed`)]
  if (pattern === undefined || new RegExp(pattern).test(value)) return []
  return [finding(node, `It does not read as it must: ${description ?? pattern}`)]
}

function finding(node: ParsedNode, message: string): Finding {
  const [from, to] = node.range
  return { from, to: isScalar(node) ? to : from + 1, message }
}

/** Letters to change, add or leave out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
