/** AssemblyScript to a core module that follows the canonical ABI: asc with the bindings of `wit/assemblyscript`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { renameExports } from './wasm-sections.ts'

/** How AssemblyScript lays strings out in memory; `componentEmbed` must be told. */
export const ASSEMBLYSCRIPT_STRINGS = 'utf16'

/**
 * Compiles `source` (a path relative to `folder`) for a world that exports `exports` (full interface names).
 * Throws with the compiler's messages where it does not compile, or where an export has no binding.
 */
export async function buildAssemblyScript(
  folder: string,
  source: string,
  exports: readonly string[],
): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc')
  const { files, names } = wrappers(source, exports)
  let binary: Uint8Array | undefined
  const messages: string[] = []
  const collect = { write: (chunk: unknown) => messages.push(String(chunk)) > 0 }
  const result = await asc.main([ENTRY, '--baseDir', folder, ...COMPILER_OPTIONS], {
    readFile: (name, baseDir) => {
      if (baseDir === LIBRARY) return readText(join(BINDINGS, name))
      return files.get(name) ?? readText(join(baseDir, name))
    },
    writeFile: (name, contents) => {
      if (name === OUTPUT && typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
    stderr: collect,
    stdout: collect,
  })
  if (result.error !== null || binary === undefined)
    throw new Error(`${join(folder, source)} does not compile\n${messages.join('')}${result.error?.message ?? ''}`)
  return renameExports(binary, (name) => names.get(name))
}

const BINDINGS = join(import.meta.dirname, '..', 'assemblyscript')
/** Stands for the bindings towards the compiler, which finds `import "ocelli"` there. */
const LIBRARY = 'ocelli-bindings'
const ENTRY = 'ocelli-entry.ts'
const OUTPUT = 'component.wasm'

/** Speed first; `abort` is a plain trap, so that nothing is imported for it. */
const COMPILER_OPTIONS = [
  ...['--outFile', OUTPUT, '--lib', LIBRARY, '-O3', '--runtime', 'incremental', '--use', 'abort='],
  ...['--enable', 'simd', '--noColors'],
]

interface Wrappers {
  /** Files that exist for the compiler alone, by name. */
  readonly files: ReadonlyMap<string, string>
  /** From the compiled export's name to the component's. */
  readonly names: ReadonlyMap<string, string>
}

/** One file per exported interface, made from its binding, and an entry that exports their functions. */
function wrappers(source: string, exports: readonly string[]): Wrappers {
  const component = `./${source.replace(/\.ts$/, '')}`
  const files = new Map<string, string>()
  const names = new Map([
    ['memory', 'memory'],
    ['cabiRealloc', 'cabi_realloc'],
  ])
  const entry = ['export { cabiRealloc } from "ocelli/abi";']
  for (const interfaceName of exports) {
    const binding = interfaceName.replace(/^.*\//, '').replace(/@.*$/, '')
    const file = join(BINDINGS, 'exports', `${binding}.ts`)
    if (!existsSync(file)) throw new Error(`no AssemblyScript binding for the export ${interfaceName}: no file ${file}`)
    const text = readFileSync(file, 'utf8')
    for (const [, name = ''] of text.matchAll(/^export function (\w+)\(/gm)) {
      if (names.has(name)) throw new Error(`${interfaceName}: another export has a function ${name} already`)
      names.set(name, `${interfaceName}#${name.replaceAll('_', '-')}`)
    }
    files.set(`ocelli-${binding}.ts`, text.replaceAll('from "component"', `from "${component}"`))
    entry.push(`export * from "./ocelli-${binding}";`)
  }
  files.set(ENTRY, `${entry.join('\n')}\n`)
  return { files, names }
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}
