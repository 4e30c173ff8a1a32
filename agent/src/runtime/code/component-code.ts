/** The transpiled form of a component, and how it is written: one self-checking file for the cache and for the child's answer. */
import { createHash } from 'node:crypto'
import type { Digest } from '@ocelli/schemas/ids'

/** Functions of one interface that a component imports. */
export interface FunctionImport {
  /** Full name with the version the component asks for, for instance `ocelli:sensing/frames@0.1.0`. */
  readonly interface: string
  /** As the glue names them, for instance `publish` or `read`. */
  readonly functions: readonly string[]
}

export interface CoreCode {
  readonly name: string
  readonly bytes: Uint8Array
  /** How often the glue instantiates it: each time with memories of its own. */
  readonly instances: number
}

export interface ComponentCode {
  readonly digest: Digest
  /** Function body that returns `instantiate(getCoreModule, imports)`: the glue our transpiler made, nothing received. */
  readonly script: string
  readonly cores: readonly CoreCode[]
  /** Keys of the imports object: interface names without version, those imported for their types alone included. */
  readonly importKeys: readonly string[]
  readonly functionImports: readonly FunctionImport[]
  /** Full names of exported interfaces. */
  readonly exports: readonly string[]
}

/**
 * Names what made the code. Another value is another cache: raise the last number when the options of the
 * transpiler or this format change. jco-transpile 0.15.0 is what package.json pins.
 */
export const TRANSPILER_VERSION = 'jco-transpile-0.15.0-3'

const MAGIC = 'OCC1'
const HASH_BYTES = 32

/** Magic, header length, header JSON, core modules one after another, SHA-256 of all before. */
export function encodeCode(code: ComponentCode): Uint8Array {
  const header = Buffer.from(
    JSON.stringify({
      transpiler: TRANSPILER_VERSION,
      digest: code.digest,
      script: code.script,
      cores: code.cores.map((core) => ({ name: core.name, length: core.bytes.length, instances: core.instances })),
      importKeys: code.importKeys,
      functionImports: code.functionImports,
      exports: code.exports,
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const body = Buffer.concat([Buffer.from(MAGIC), length, header, ...code.cores.map((core) => core.bytes)])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

/** Reads what `encodeCode` wrote; `undefined` where it is damaged, of another transpiler or of another component. */
export function decodeCode(bytes: Uint8Array, digest: Digest): ComponentCode | undefined {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (whole.length < MAGIC.length + 4 + HASH_BYTES) return undefined
  const body = whole.subarray(0, whole.length - HASH_BYTES)
  if (!createHash('sha256').update(body).digest().equals(whole.subarray(body.length))) return undefined
  if (body.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined
  const headerEnd = MAGIC.length + 4 + body.readUInt32LE(MAGIC.length)
  const header = readHeader(body.toString('utf8', MAGIC.length + 4, headerEnd))
  if (header?.transpiler !== TRANSPILER_VERSION || header.digest !== digest) return undefined
  let offset = headerEnd
  const cores = header.cores.map(({ name, length, instances }) => {
    const start = offset
    offset += length
    return { name, bytes: new Uint8Array(body.subarray(start, offset)), instances }
  })
  if (offset !== body.length) return undefined
  const { script, importKeys, functionImports, exports } = header
  return { digest, script, cores, importKeys, functionImports, exports }
}

interface Header extends Omit<ComponentCode, 'digest' | 'cores'> {
  readonly transpiler: string
  readonly digest: string
  readonly cores: readonly { readonly name: string; readonly length: number; readonly instances: number }[]
}

/** The checksum has vouched for the bytes, so one look at the shape is enough to tell our header from anything else. */
function readHeader(text: string): Header | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isHeader(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const texts = ['transpiler', 'digest', 'script'].every((key) => typeof fields.get(key) === 'string')
  return texts && ['cores', 'importKeys', 'functionImports', 'exports'].every((key) => Array.isArray(fields.get(key)))
}
