/**
 * Entry of the short-lived child that transpiles one component: bytes in on stdin, one answer on stdout.
 *
 * jco's generator panics on some input and is then dead for its process, so each component gets a process of its
 * own. It runs with Node's permission model, an empty environment and no descriptors beyond its pipes.
 */
import { createHash } from 'node:crypto'
import { registerHooks } from 'node:module'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import { readCoreModules } from './component-binary.ts'
import { type ComponentCode, encodeCode } from './component-code.ts'
import { functionImports, instancesOf, scriptBody } from './glue.ts'
import { checkModuleNames, checkWitName } from './safe-names.ts'
import { encodeAnswer } from './transpile-answer.ts'
import { webAssembly } from './webassembly.ts'

/**
 * jco's generator is itself a component and imports WASI from a package whose defaults are open and which starts a
 * worker thread. It gets the closed set instead.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('@bytecodealliance/preview2-shim/')) return next(specifier, context)
    return { url: new URL('./closed-shim.ts', import.meta.url).href, shortCircuit: true }
  },
})

/** A few hundred kilobytes is usual; what comes of a component made to be large must not weigh on the agent. */
const MAX_GLUE_BYTES = 8 * 1024 * 1024

async function main(): Promise<void> {
  const wasm = await readInput()
  let answer: Uint8Array
  try {
    answer = encodeAnswer({ kind: 'code', code: encodeCode(await transpile(wasm)) })
  } catch (error) {
    answer = encodeAnswer({ kind: 'refused', ...describe(error) })
  }
  await new Promise<void>((resolve, reject) =>
    process.stdout.write(answer, (error) => (error ? reject(error) : resolve())),
  )
}

async function transpile(wasm: Uint8Array): Promise<ComponentCode> {
  for (const module of readCoreModules(wasm)) compile(module)
  const { $init, generate } = await import('@bytecodealliance/jco-transpile/component')
  await $init
  const generated = generate(wasm, {
    name: 'component',
    instantiation: { tag: 'sync' },
    asyncMode: { tag: 'sync' },
    map: [],
    compat: false,
    tlaCompat: false,
    noTypescript: true,
    noNodejsCompat: true,
    noNamespacedExports: false,
    base64Cutoff: 0,
  })
  for (const name of generated.imports) checkWitName(name)
  for (const [name] of generated.exports) checkWitName(name)
  const files = new Map(generated.files)
  const glue = files.get('component.js')
  if (!glue) throw new OcelliError('component.toolFailed', `The transpiler made no glue, only ${[...files.keys()]}`)
  if (glue.length > MAX_GLUE_BYTES) {
    throw new OcelliError(
      'component.tooLarge',
      `Its interfaces make ${glue.length} bytes of glue; ${MAX_GLUE_BYTES} is the limit`,
    )
  }
  const text = new TextDecoder().decode(glue)
  return {
    digest: digestOf(wasm),
    script: scriptBody(text),
    cores: [...files]
      .filter(([name]) => name.endsWith('.wasm'))
      .map(([name, bytes]) => ({ name, bytes, instances: instancesOf(text, name) })),
    importKeys: generated.imports,
    functionImports: functionImports(text),
    exports: generated.exports.map(([name]) => name).filter((name) => name.includes(':')),
  }
}

function compile(module: Uint8Array): void {
  try {
    checkModuleNames(new webAssembly.Module(new Uint8Array(module)))
  } catch (error) {
    if (error instanceof OcelliError) throw error
    throw new OcelliError('component.invalid', `A core module does not compile: ${messageOf(error)}`, { cause: error })
  }
}

function describe(error: unknown): { code: OcelliError['code']; message: string } {
  if (error instanceof OcelliError) return { code: error.code, message: error.message }
  const message = messageOf(error)
  // A trap inside the generator is its own bug, or memory that ran out; an error it returns is a fault of the input.
  if (error instanceof webAssembly.RuntimeError)
    return { code: 'component.toolFailed', message: `The reader failed: ${message}` }
  return { code: 'component.invalid', message: message.slice(0, 1024) }
}

function messageOf(error: unknown): string {
  if (error instanceof Error && 'payload' in error && typeof error.payload === 'string') return error.payload
  return error instanceof Error ? error.message : String(error)
}

function digestOf(wasm: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(wasm).digest('hex')}` as Digest
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

await main()
