/**
 * Entry of the child that reads one component: bytes in on stdin, one answer on stdout, after a line end that says
 * that it is ready. It reads one upload and is thrown away, since the WIT reader panics on some input and is then dead
 * for good.
 */
import { registerHooks } from 'node:module'
import { isCoreNameAllowed } from '@ocelli/schemas/core-name'
import type { OcelliError } from '@ocelli/schemas/errors'
import { readComponentTypes } from '@ocelli/wit/toolchain/component-types.ts'
import type { InspectAnswer } from './inspect-answer.ts'

/** What is used of the global object; Node's type package declares none of its values. */
const webAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): object
    imports(module: object): { readonly module: string; readonly name: string }[]
    exports(module: object): { readonly name: string }[]
  }
  readonly RuntimeError: new () => Error
} = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')?.value

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('@bytecodealliance/preview2-shim/')) return next(specifier, context)
    return { url: new URL('./closed-wasi.ts', import.meta.url).href, shortCircuit: true }
  },
})

const { componentWit } = await import('@bytecodealliance/jco-transpile/wasm-tools')

/** First four bytes of the input: how many core modules follow as (offset, length) pairs, all little-endian. */
async function main(): Promise<void> {
  const input = await readInput()
  const count = input.readUInt32LE(0)
  const wasm = input.subarray(4 + 8 * count)
  const modules = Array.from({ length: count }, (_, index) => {
    const start = input.readUInt32LE(4 + 8 * index)
    return wasm.subarray(start, start + input.readUInt32LE(8 + 8 * index))
  })
  let answer: InspectAnswer
  try {
    answer = await inspect(wasm, modules)
  } catch (error) {
    answer = refusal(error)
  }
  process.stdout.write(JSON.stringify(answer))
}

async function inspect(wasm: Uint8Array, modules: readonly Uint8Array[]): Promise<InspectAnswer> {
  for (const module of modules) {
    let compiled: object
    try {
      compiled = new webAssembly.Module(new Uint8Array(module))
    } catch (error) {
      return { kind: 'refused', code: 'component.invalid', message: `A core module does not compile: ${text(error)}` }
    }
    const name = namesOf(compiled).find((one) => !isCoreNameAllowed(one))
    if (name !== undefined) {
      const shown = JSON.stringify(name.slice(0, 80))
      const message = `The core name ${shown} holds quotes or unusual characters: it could be code on a device`
      return { kind: 'refused', code: 'component.invalid', message }
    }
  }
  const wit = await componentWit(new Uint8Array(wasm))
  const { imports, exports } = readComponentTypes(wasm)
  // What is imported outside of an interface (a type, a module, a component) is a need as well: a host must give it.
  const isNeed = ({ name, functions }: { name: string; functions: readonly string[] }) =>
    functions.length > 0 || !name.includes('/')
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort()
  return {
    kind: 'read',
    imports: names(imports.filter(isNeed)),
    typeImports: names(imports.filter((one) => !isNeed(one))),
    exports: [...exports].sort(),
    wit,
  }
}

function namesOf(module: object): string[] {
  const imports = webAssembly.Module.imports(module).flatMap((one) => [one.module, one.name])
  return [...imports, ...webAssembly.Module.exports(module).map((one) => one.name)]
}

/** A trap inside the reader is the reader's bug, or memory that ran out; an error that it returns is the component's. */
function refusal(error: unknown): InspectAnswer {
  const code: OcelliError['code'] =
    error instanceof webAssembly.RuntimeError || error instanceof RangeError
      ? 'component.toolFailed'
      : 'component.invalid'
  return { kind: 'refused', code, message: `The component could not be read: ${text(error)}` }
}

function text(error: unknown): string {
  const said = error instanceof Error && 'payload' in error ? error.payload : error
  return (said instanceof Error ? said.message : String(said)).slice(0, 1024)
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

process.stdout.write('\n')
await main()
