/**
 * The WIT packages of a folder as one text.
 *
 * jco's own reading of WIT folders fails with preview2-shim 0.26.1 ("os error 44"), so every tool here
 * is given text instead: one package at the top, all others as nested packages.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface WitPackage {
  /** Package name with version, for instance `ocelli:sensing@0.1.0`. */
  readonly name: string
  /** Text of all files of the package without their package lines. */
  readonly body: string
}

const PACKAGE_LINE = /^package\s+([^\s;]+)\s*;\s*$/m

/** The contract and what it depends on: the folder `wit/` of this repository. */
export const CONTRACT_FOLDER = join(import.meta.dirname, '..')

/**
 * Joins the WIT package of `folder`, its `deps/`, and the packages in `others` (folders with `.wit` files
 * and maybe `deps/`) into one text whose main package is that of `folder`. A package found twice is taken once.
 * Throws where a folder has no `.wit` file or files that name different packages.
 */
export function witText(folder: string, others: readonly string[] = []): string {
  const main = readPackage(folder)
  const nested = new Map<string, string>()
  for (const place of [folder, ...others]) {
    if (place !== folder) collect(nested, readPackage(place))
    for (const dependency of subfolders(join(place, 'deps'))) collect(nested, readPackage(dependency))
  }
  nested.delete(main.name)
  const blocks = [...nested].map(([name, body]) => `package ${name} {\n${body}\n}\n`)
  return `package ${main.name};\n${main.body}\n${blocks.join('\n')}`
}

/** The contract `ocelli:sensing` with its pinned dependencies as one text. */
export function contractText(): string {
  return witText(CONTRACT_FOLDER)
}

function collect(packages: Map<string, string>, found: WitPackage): void {
  if (!packages.has(found.name)) packages.set(found.name, found.body)
}

function readPackage(folder: string): WitPackage {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.wit'))
    .sort()
  let name: string | undefined
  const bodies: string[] = []
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8')
    const declared = PACKAGE_LINE.exec(text)?.[1]
    if (declared !== undefined && name !== undefined && declared !== name) {
      throw new Error(`${join(folder, file)} is of package ${declared}, the files before it of ${name}`)
    }
    name ??= declared
    bodies.push(text.replace(PACKAGE_LINE, ''))
  }
  if (name === undefined) throw new Error(`${folder} holds no WIT package: no .wit file with a package line`)
  return { name, body: bodies.join('\n') }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
