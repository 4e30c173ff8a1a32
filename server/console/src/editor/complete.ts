/** Completion of manifests: which keys and values the schema allows where the cursor stands, and what they mean. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { type Place, placeAt } from './place.ts'
import { alternatives, KINDS, type Schema, schemasAt, typeText, valuesOf } from './schema.ts'

/** Names that the catalogue and the fleet have, by the last key of the path. */
export type Known = Readonly<Record<string, readonly string[]>>

const INDENT = '  '

export function completer(known: () => Known) {
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString()
    const place = placeAt(text, context.pos)
    if (place === undefined || (place.writes === 'key' && place.word === '' && !context.explicit)) return null
    const options = optionsAt(text, place, known())
    return options.length === 0 ? null : { from: place.from, options, validFor: /^[\w@.%/-]*$/ }
  }
}

export function optionsAt(text: string, place: Place, known: Known): readonly Completion[] {
  const schemas = schemasAt(kindAt(text, place.from), place.path)
  const keys = place.writes === 'key' ? schemas.flatMap((schema) => keysOf(schema, place)) : []
  // On a line of its own an item of a list may be a value as well as the first key of one.
  const isItem = place.path.at(-1) === '[]'
  const values = place.writes === 'value' || isItem ? schemas.flatMap(valuesWith) : []
  const name = isItem ? place.path.at(-2) : place.path.at(-1)
  const names = place.writes === 'value' || isItem ? (known[name ?? ''] ?? []) : []
  const all = [...keys, ...values, ...names.map((label): Completion => ({ label, type: 'constant' }))]
  return [...new Map(all.map((option) => [option.label, option])).values()]
}

function keysOf(schema: Schema, { taken, column }: Place): readonly Completion[] {
  return Object.entries(schema.properties ?? {})
    .filter(([label]) => !taken.has(label))
    .map(([label, property]): Completion => {
      const isRequired = schema.required?.includes(label) === true
      return {
        label,
        type: 'property',
        apply: `${label}:${openingOf(property, column)}`,
        info: [property.description, sentenceOf(typeText(property))].filter(Boolean).join('. '),
        ...(isRequired && { boost: 1, detail: 'required' }),
      }
    })
}

/** What follows the colon: keys of a mapping and items of a list of mappings start on a line of their own. */
function openingOf(schema: Schema, column: number | undefined): string {
  if (column === undefined) return ' '
  const below = `\n${' '.repeat(column)}${INDENT}`
  const is = (one: Schema | undefined, type: string) =>
    one !== undefined && alternatives(one).every((each) => each.type === type)
  if (is(schema, 'object')) return below
  return schema.type === 'array' && is(schema.items, 'object') ? `${below}- ` : ' '
}

function valuesWith(schema: Schema): readonly Completion[] {
  const { description: info } = schema
  return valuesOf(schema).map((label): Completion => ({ label, type: 'enum', ...(info !== undefined && { info }) }))
}

const sentenceOf = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** The kind of the document around a position; there may be several, with `---` in between. */
function kindAt(text: string, position: number): Schema | undefined {
  const start = text.lastIndexOf('\n---', position) + 1
  const end = text.indexOf('\n---', position)
  const kind = /^kind:\s*(\w+)/m.exec(text.slice(start, end < 0 ? undefined : end))?.[1]
  return KINDS[kind ?? 'Deployment'] ?? KINDS.Deployment
}
