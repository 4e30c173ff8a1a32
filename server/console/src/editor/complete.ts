/** Completion of manifests: which keys and values the schema allows where the cursor stands. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import schemas from '../api/generated/manifests.json?raw'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

/** Names that the catalogue and the fleet have, by the last key of the path. */
export type Known = Readonly<Record<string, readonly string[]>>

const KINDS: Readonly<Record<string, Schema>> = JSON.parse(schemas)

interface Line {
  readonly indent: number
  readonly key: string | undefined
  readonly isItem: boolean
}

/** `  - name: x` is an item at 2 whose first key stands at 4. */
function readLine(text: string): Line | undefined {
  const match = /^(\s*)(- )?\s*(?:([A-Za-z][\w.-]*):)?/.exec(text)
  if (match === null || /^\s*(#.*)?$/.test(text)) return undefined
  const [, spaces = '', dash, key] = match
  return { indent: spaces.length + (dash === undefined ? 0 : 2), key, isItem: dash !== undefined }
}

/** Keys from the top to the cursor; `[]` stands for an item of a list. */
function pathAt(before: readonly string[], indent: number): readonly string[] {
  const path: string[] = []
  let level = indent
  for (let index = before.length - 1; index >= 0 && level > 0; index--) {
    const line = readLine(before[index] ?? '')
    if (line === undefined) continue
    if (line.isItem && line.indent <= level && line.indent - 2 < level) {
      if (line.indent < level && line.key !== undefined) path.unshift(line.key)
      path.unshift('[]')
      level = line.indent - 2
      if (level === 0) level = 1
      continue
    }
    if (line.indent < level && line.key !== undefined && !line.isItem) {
      path.unshift(line.key)
      level = line.indent
    }
  }
  return path
}

function at(schema: Schema | undefined, path: readonly string[]): readonly Schema[] {
  if (schema === undefined) return []
  const alternatives = schema.anyOf ?? [schema]
  const [step, ...rest] = path
  if (step === undefined) return alternatives.flatMap((one) => (one.anyOf === undefined ? [one] : at(one, [])))
  return alternatives.flatMap((one) => {
    if (one.anyOf !== undefined) return at(one, path)
    if (step === '[]') return at(one.items, rest)
    return at(one.properties?.[step] ?? Object.values(one.patternProperties ?? {})[0], rest)
  })
}

function kindOf(text: string): Schema | undefined {
  const kind = /^kind:\s*(\w+)/m.exec(text)?.[1]
  return KINDS[kind ?? 'Deployment'] ?? KINDS.Deployment
}

const valuesOf = (schema: Schema): readonly string[] =>
  schema.const !== undefined
    ? [String(schema.const)]
    : schema.enum !== undefined
      ? schema.enum.map(String)
      : schema.type === 'boolean'
        ? ['true', 'false']
        : []

export function completer(known: () => Known) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const typed = line.text.slice(0, context.pos - line.from)
    const before = context.state.doc.sliceString(0, line.from).split('\n').slice(0, -1)
    const schema = kindOf(context.state.doc.toString())
    const value = /^(\s*)(- )?([A-Za-z][\w.-]*):\s+(?:.*[[,{]\s*)?([\w@.-]*)$/.exec(typed)
    if (value !== null) {
      const [, spaces = '', dash, key = '', word = ''] = value
      const indent = spaces.length + (dash === undefined ? 0 : 2)
      const path = [...pathAt([...before, ...(dash === undefined ? [] : [`${spaces}- x:`])], indent), key]
      const isInList = /[[,]\s*[\w@.-]*$/.test(typed)
      const options = at(schema, isInList ? [...path, '[]'] : path).flatMap(valuesOf)
      return result(
        [...options, ...(known()[key] ?? [])].map((label) => ({ label, type: 'enum' })),
        context.pos - word.length,
      )
    }
    const key = /^(\s*)(- )?([\w.-]*)$/.exec(typed)
    if (key === null) return null
    const [, spaces = '', dash, word = ''] = key
    if (word === '' && !context.explicit) return null
    const indent = spaces.length + (dash === undefined ? 0 : 2)
    const path = pathAt([...before, ...(dash === undefined ? [] : [`${spaces}- `])], indent)
    const places = at(schema, path)
    const options = places.flatMap((place) =>
      Object.entries(place.properties ?? {}).map(
        ([label, property]): Completion => ({
          label,
          type: 'property',
          apply: `${label}: `,
          ...(property.description !== undefined && { info: property.description }),
          ...(place.required?.includes(label) && { boost: 1, detail: 'required' }),
        }),
      ),
    )
    const items = dash === undefined ? [] : [...places.flatMap(valuesOf), ...(known()[path.at(-2) ?? ''] ?? [])]
    return result([...options, ...items.map((label) => ({ label, type: 'enum' }))], context.pos - word.length)
  }
}

function result(options: readonly Completion[], from: number): CompletionResult | null {
  const unique = [...new Map(options.map((option) => [option.label, option])).values()]
  return unique.length === 0 ? null : { from, options: unique, validFor: /^[\w@.-]*$/ }
}
