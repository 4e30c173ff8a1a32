/** TypeScript or JavaScript to a component: esbuild makes one module, QuickJS runs it inside the component. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginBuild } from 'esbuild'
import { renameInterfaces } from './wasm-sections.ts'

/**
 * Builds the component of `source` (a path relative to `folder`) for a world of a WIT text.
 * Everything that the world imports becomes an import of the component, used or not, so give it a narrow world.
 * Throws with esbuild's or componentize-qjs's message.
 */
export async function buildTypeScript(
  folder: string,
  source: string,
  witSource: string,
  world: string,
): Promise<Uint8Array> {
  const [{ build }, { componentize }] = await Promise.all([import('esbuild'), import('componentize-qjs')])
  const bundle = await build({
    absWorkingDir: folder,
    entryPoints: [source],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    plugins: [{ name: 'wit-imports', setup: keepWitImports }],
    logLevel: 'silent',
  })
  const jsSource = bundle.outputFiles[0]?.text
  if (jsSource === undefined) throw new Error(`${join(folder, source)}: esbuild made no output`)
  const scratch = mkdtempSync(join(tmpdir(), 'ocelli-wit-'))
  try {
    const witPath = join(scratch, 'component.wit')
    writeFileSync(witPath, witSource.replaceAll(WASI, STAND_IN))
    // Without `stubWasi` QuickJS asks for the whole of WASI, without `sync` for the asynchronous ABI; neither is offered.
    const { component } = await componentize({ witPath, world, jsSource, stubWasi: true, sync: true })
    return renameInterfaces(component, STAND_IN, WASI)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * `stubWasi` puts a trap in the place of every `wasi:` import, the component's own (configuration, log, clock) as well.
 * So those go by another name of the same length while QuickJS is wrapped, and get their name back in the component.
 */
const WASI = 'wasi:'
const STAND_IN = 'wazi:'

function keepWitImports(build: PluginBuild): void {
  build.onResolve({ filter: /^(ocelli|wasi):/ }, ({ path }) => ({ path: path.replace(WASI, STAND_IN), external: true }))
}
