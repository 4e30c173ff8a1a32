/** `component.json`: what a component folder says about itself. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ComponentName, ComponentNeeds, ComponentVersion } from '@ocelli/schemas/component'
import { validator } from '@ocelli/schemas/message'
import { type Static, Type } from '@ocelli/schemas/typebox'
import { CONTRACT_FOLDER, contractText, witText } from './wit-text.ts'

export const ComponentManifest = Type.Object(
  {
    name: ComponentName,
    version: ComponentVersion,
    language: Type.Union([Type.Literal('assemblyscript'), Type.Literal('typescript'), Type.Literal('c')]),
    world: Type.String({ description: 'A world of the folder wit/ beside this file, else of ocelli:sensing' }),
    source: Type.String({ description: 'File where compilation starts, relative to the folder' }),
    needs: ComponentNeeds,
  },
  { additionalProperties: false },
)
export type ComponentManifest = Static<typeof ComponentManifest>

export interface ComponentFolder {
  /** Absolute path. */
  readonly folder: string
  readonly manifest: ComponentManifest
  /** WIT text with the world in its main package. */
  readonly witSource: string
}

const readManifest = validator(ComponentManifest)

/** Reads a component folder. Throws an error for a person where `component.json` is missing or has wrong fields. */
export function readComponentFolder(path: string): ComponentFolder {
  const folder = resolve(path)
  const file = join(folder, 'component.json')
  if (!existsSync(file)) throw new Error(`${folder} is no component folder: it has no component.json`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${String(cause)}`, { cause })
  }
  const parsed = readManifest(value)
  if (!parsed.ok) throw new Error(`${file}: ${parsed.message}`)
  const { source } = parsed.value
  if (!existsSync(join(folder, source))) throw new Error(`${file} names the source ${source}, which is not there`)
  const ownWit = join(folder, 'wit')
  const witSource = existsSync(ownWit) ? witText(ownWit, [CONTRACT_FOLDER]) : contractText()
  return { folder, manifest: parsed.value, witSource }
}
