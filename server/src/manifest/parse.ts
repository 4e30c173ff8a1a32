/** Manifests from YAML or JSON text, one or many documents, with every problem at its line and column. */

import { AlertManifest } from '@ocelli/schemas/manifest/alert'
import { DeploymentManifest } from '@ocelli/schemas/manifest/deployment'
import { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import { API_VERSION } from '@ocelli/schemas/manifest/manifest'
import type { TSchema } from '@ocelli/schemas/typebox'
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import { closest } from '../domain/did-you-mean.ts'
import { checkGrants } from '../domain/grants.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { compileSelector } from '../scheduler/selector.ts'
import { checkShape } from './check-shape.ts'
import { type ManifestProblem, type PathStep, pathText } from './problem.ts'

export type Manifest = DeploymentManifest | FleetManifest | AlertManifest

export type ParsedManifests =
  | { readonly ok: true; readonly manifests: readonly Manifest[] }
  /** At least one, in order of the text. */
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] }

/** 1 MiB: ten thousand named devices take 200 KB. */
export const MAX_MANIFEST_BYTES = 1_048_576
/** Documents in one text. */
export const MAX_DOCUMENTS = 256
/** Levels of nesting; the reader of YAML takes seconds to fail on very deep text, and manifests have about eight. */
const MAX_DEPTH = 64
/** Wrong fields told at once. */
const MAX_PROBLEMS = 50
/** Expansions of aliases: a text of a few lines must not become gigabytes ("billion laughs"). */
const MAX_ALIASES = 100

const KINDS: Readonly<Record<Manifest['kind'], TSchema>> = {
  Deployment: DeploymentManifest,
  Fleet: FleetManifest,
  Alert: AlertManifest,
}

/** Codes: `manifest.malformed`, `manifest.invalid`, `manifest.selector`, `manifest.secretRef`, `grant.unknown`, `request.tooLarge`. */
export function parseManifests(text: string): ParsedManifests {
  const bytes = new TextEncoder().encode(text).length
  if (bytes > MAX_MANIFEST_BYTES) {
    return failed('request.tooLarge', `the manifest has ${bytes} bytes, the limit is ${MAX_MANIFEST_BYTES}`)
  }
  if (nestsTooDeep(text)) return failed('manifest.malformed', `the text nests deeper than ${MAX_DEPTH} levels`)
  const lines = new LineCounter()
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'silent' } as const
  let parsed: ReturnType<typeof parseAllDocuments>
  try {
    parsed = parseAllDocuments(text, options)
  } catch (error) {
    return failed('manifest.malformed', `the text cannot be read: ${String(error)}`)
  }
  const documents = Array.isArray(parsed) ? parsed.filter((one) => !isEmpty(one)) : []
  if (documents.length === 0) return failed('manifest.malformed', 'there is no manifest in the text')
  if (documents.length > MAX_DOCUMENTS) {
    return failed('request.tooLarge', `${documents.length} documents, the limit is ${MAX_DOCUMENTS}`)
  }
  const problems: ManifestProblem[] = []
  const manifests: Manifest[] = []
  const seen = new Map<string, number>()
  documents.forEach((document, index) => {
    const reader = new DocumentReader(document, lines, index + 1)
    const manifest = reader.read()
    problems.push(...reader.problems)
    if (!manifest) return
    const key = `${manifest.kind} ${manifest.metadata.project ?? 'default'}/${manifest.metadata.name}`
    const first = seen.get(key)
    if (first !== undefined) {
      problems.push(reader.problem('manifest.invalid', ['metadata', 'name'], `document ${first} has the same ${key}`))
    }
    seen.set(key, index + 1)
    manifests.push(manifest)
  })
  return problems.length > 0 ? { ok: false, problems: problems.slice(0, MAX_PROBLEMS) } : { ok: true, manifests }
}

/** Nothing between two separators, or `null`. */
function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null))
}

/** Brackets in quoted text count as well, which only matters for text that is mostly brackets. */
function nestsTooDeep(text: string): boolean {
  if (/(?:[-?:][ \t]+){64}/.test(text)) return true
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    else if ((character === ']' || character === '}') && depth > 0) depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** The same for a value that came as JSON over HTTP: positions are 1:1, paths are exact. */
export function parseManifestValue(value: unknown): ParsedManifests {
  return parseManifests(JSON.stringify(value) ?? 'null')
}

function failed(code: ManifestProblem['code'], message: string): ParsedManifests {
  return { ok: false, problems: [{ code, message, line: 1, column: 1, document: 1, path: '' }] }
}

class DocumentReader {
  readonly problems: ManifestProblem[] = []
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #number: number

  constructor(document: Document, lines: LineCounter, number: number) {
    this.#document = document
    this.#lines = lines
    this.#number = number
  }

  read(): Manifest | undefined {
    const value = this.#value()
    if (value === undefined) return undefined
    const secret = findSecretRef(value, [])
    if (secret) {
      this.#add(
        'manifest.secretRef',
        secret,
        'secrets are not supported in this version; the name secretRef is reserved',
        true,
      )
      return undefined
    }
    const schema = this.#schemaOf(value)
    if (!schema) return undefined
    for (const { path, message, atKey } of checkShape(schema, value))
      this.#add('manifest.invalid', path, message, atKey)
    if (this.problems.length > 0) return undefined
    const manifest = value as Manifest
    this.#checkMeaning(manifest)
    return manifest
  }

  problem(code: ManifestProblem['code'], path: readonly PathStep[], message: string, atKey = false): ManifestProblem {
    const { line, col } = this.#lines.linePos(this.#offset(path, atKey))
    return {
      code,
      message,
      line: Math.max(1, line),
      column: Math.max(1, col),
      document: this.#number,
      path: pathText(path),
    }
  }

  #add(code: ManifestProblem['code'], path: readonly PathStep[], message: string, atKey = false): void {
    this.problems.push(this.problem(code, path, message, atKey))
  }

  #value(): unknown {
    for (const error of this.#document.errors) {
      const { line, col } = this.#lines.linePos(error.pos[0])
      const message = `${error.message} (${error.code})`
      this.problems.push({ code: 'manifest.malformed', message, line, column: col, document: this.#number, path: '' })
    }
    if (this.problems.length > 0) return undefined
    try {
      return this.#document.toJS({ maxAliasCount: MAX_ALIASES })
    } catch (error) {
      this.#add('manifest.malformed', [], error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #schemaOf(value: unknown): TSchema | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#add('manifest.invalid', [], 'a manifest is a mapping with apiVersion, kind, metadata and spec')
      return undefined
    }
    const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown }
    if (apiVersion !== API_VERSION) {
      this.#add('manifest.invalid', ['apiVersion'], `is ${show(apiVersion)}, must be "${API_VERSION}"`)
    }
    if (kind === 'Deployment' || kind === 'Fleet' || kind === 'Alert')
      return apiVersion === API_VERSION ? KINDS[kind] : undefined
    const names = Object.keys(KINDS)
    const meant = typeof kind === 'string' ? closest(kind, names) : undefined
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`
    this.#add('manifest.invalid', ['kind'], `is ${show(kind)}, must be ${names.join(' or ')}${hint}`)
    return undefined
  }

  #checkMeaning(manifest: Manifest): void {
    if (manifest.kind === 'Fleet') {
      this.#checkSelector(manifest.spec.selector, ['spec', 'selector'])
      return
    }
    this.#checkSelector(manifest.spec.target?.selector, ['spec', 'target', 'selector'])
    if (manifest.kind === 'Alert') {
      const { threshold } = manifest.spec.condition
      if (threshold !== undefined && threshold.above === undefined && threshold.below === undefined) {
        this.#add('manifest.invalid', ['spec', 'condition', 'threshold'], 'lacks the field above or below', true)
      }
      return
    }
    const { spec } = manifest
    spec.grants.forEach((grant, index) => {
      this.#refuse(checkGrants([grant]), ['spec', 'grants', index])
    })
    const names = new Set<string>()
    spec.realisations.forEach(({ name }, index) => {
      if (names.has(name)) {
        this.#add('manifest.invalid', ['spec', 'realisations', index, 'name'], `the name ${name} is used twice`)
      }
      names.add(name)
    })
  }

  #checkSelector(selector: string | undefined, path: readonly PathStep[]): void {
    if (selector === undefined) return
    const compiled = compileSelector(selector)
    if (isRefusal(compiled)) this.#refuse(compiled, path)
  }

  #refuse(refusal: Refusal | undefined, path: readonly PathStep[]): void {
    if (refusal) this.#add(refusal.code, path, refusal.message)
  }

  /** Where the value starts, or its key; of the nearest enclosing node where the path leads to none. */
  #offset(path: readonly PathStep[], atKey: boolean): number {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true)
      const step = path[length - 1]
      if (atKey && isMap(parent)) {
        const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
        if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0]
      }
      const node = this.#document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return node.range[0]
    }
    const root = this.#document.contents
    return isNode(root) && root.range ? root.range[0] : 0
  }
}

function findSecretRef(value: unknown, path: readonly PathStep[]): readonly PathStep[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const entries: [PathStep, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  for (const [key, inner] of entries) {
    if (key === 'secretRef') return [...path, key]
    const found = findSecretRef(inner, [...path, key])
    if (found) return found
  }
  return undefined
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? String(value)).slice(0, 80)
}
