/** One component folder to one component: compile, make a component of it, add the needs section. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { NEEDS_SECTION } from '@ocelli/schemas/component'
import { ASSEMBLYSCRIPT_STRINGS, buildAssemblyScript } from './build-assemblyscript.ts'
import { buildC, C_STRINGS } from './build-c.ts'
import { buildTypeScript } from './build-typescript.ts'
import { type ComponentFolder, type ComponentManifest, readComponentFolder } from './component-folder.ts'
import { interfacesOfWorld } from './interfaces.ts'
import { withCustomSection } from './wasm-sections.ts'

export interface BuiltComponent extends ComponentFolder {
  /** Where the component lies: `<folder>/dist/<name>.wasm`. */
  readonly file: string
  readonly component: Uint8Array
  /** False where the sources had not changed since it was built. */
  readonly rebuilt: boolean
}

/** Builds the component of a folder, or takes the one that its sources made before. Throws what the compiler says. */
export async function buildComponent(path: string, options: { force?: boolean } = {}): Promise<BuiltComponent> {
  const source = readComponentFolder(path)
  const dist = join(source.folder, 'dist')
  const file = join(dist, `${source.manifest.name}.wasm`)
  const stamp = join(dist, `${source.manifest.name}.sources`)
  const digest = sourcesDigest(source)
  if (options.force !== true && existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest)
    return { ...source, file, component: readFileSync(file), rebuilt: false }
  const component = await compile(source)
  mkdirSync(dist, { recursive: true })
  replaceFile(file, component)
  replaceFile(stamp, digest)
  return { ...source, file, component, rebuilt: true }
}

/** Writes whole or not at all: tests build the same component side by side. */
function replaceFile(file: string, content: Uint8Array | string): void {
  const scratch = `${file}.${process.pid}`
  writeFileSync(scratch, content)
  renameSync(scratch, file)
}

/** The component's bytes with its needs section; writes nothing. */
export async function compile(source: ComponentFolder): Promise<Uint8Array> {
  const { folder, manifest, witSource } = source
  const component =
    manifest.language === 'typescript'
      ? await buildTypeScript(folder, manifest.source, witSource, manifest.world)
      : await fromCoreModule(source)
  return withCustomSection(component, NEEDS_SECTION, new TextEncoder().encode(JSON.stringify(manifest.needs)))
}

async function fromCoreModule({ folder, manifest, witSource }: ComponentFolder): Promise<Uint8Array> {
  const { componentEmbed, componentNew } = await import('@bytecodealliance/jco-transpile/wasm-tools')
  const { world, source, language } = manifest
  const { exports } = await interfacesOfWorld(witSource, world)
  const [binary, stringEncoding] =
    language === 'c'
      ? ([await buildC(folder, source), C_STRINGS] as const)
      : ([await buildAssemblyScript(folder, source, exports), ASSEMBLYSCRIPT_STRINGS] as const)
  return componentNew(await componentEmbed({ binary, witSource, world, stringEncoding }))
}

/** Folders of the contract and its tools that decide a component's bytes besides its own folder, by language. */
const SHARED_FOLDERS: Record<ComponentManifest['language'], readonly string[]> = {
  assemblyscript: ['deps', 'toolchain', 'assemblyscript'],
  typescript: ['deps', 'toolchain'],
  c: ['deps', 'toolchain', 'c'],
}

/** Digest over names and contents of all files that the component is made from. */
function sourcesDigest({ folder, manifest }: ComponentFolder): string {
  const hash = createHash('sha256')
  const root = join(import.meta.dirname, '..')
  const shared = SHARED_FOLDERS[manifest.language].map((part) => join(root, part))
  for (const place of [root, ...shared, folder]) {
    for (const file of sourceFiles(place, place !== root)) {
      hash.update(relative(place, file)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

function sourceFiles(folder: string, deep: boolean): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return /\.(wit|ts|js|c|h|json)$/.test(entry.name) ? [path] : []
    return deep && entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name) ? sourceFiles(path, deep) : []
  })
}

const SKIPPED_FOLDERS = new Set(['dist', 'node_modules', 'expected'])
