/** What a throw out of guest code means. */
import { OcelliError } from '@ocelli/schemas/errors'
import { PAGE_BYTES } from './code/memory-limits.ts'
import { type LinearMemory, webAssembly } from './code/webassembly.ts'

export interface FailureContext {
  /** Memories of all components of the instance. */
  readonly memories: readonly LinearMemory[]
  readonly memoryLimitBytes: number
}

/** An error that an export returned: the component is well and said no. */
export class GuestRefusal {
  readonly #payload: unknown

  constructor(payload: unknown) {
    this.#payload = payload
  }

  /** The case of a variant error; empty for a text. */
  get tag(): string {
    return fieldOf(this.#payload, 'tag') ?? ''
  }

  text(): string {
    const text = typeof this.#payload === 'string' ? this.#payload : (fieldOf(this.#payload, 'val') ?? this.tag)
    return text.slice(0, 1024)
  }
}

/** jco's glue throws what a guest's `result` returned as an error as a ComponentError with a payload. */
export function refusalOf(error: unknown): GuestRefusal | undefined {
  if (!(error instanceof Error) || error.constructor.name !== 'ComponentError' || !('payload' in error))
    return undefined
  return new GuestRefusal(error.payload)
}

/** The end of an instance as a coded error: what happened, where, and how much memory it had. */
export function failureOf(error: unknown, where: string, context: FailureContext): OcelliError {
  if (error instanceof OcelliError) return error
  const message = error instanceof Error ? error.message : String(error)
  const used = context.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0)
  const place = error instanceof Error ? wasmPlace(error.stack) : undefined
  const memory = `${used} of ${context.memoryLimitBytes} bytes of memory in use`
  const text = `${where} trapped: ${message}${place === undefined ? '' : ` in ${place}`} (${memory})`
  // A trap with no page left to grow is what allocators do when they are refused one.
  const isFull = used > 0 && used + PAGE_BYTES > context.memoryLimitBytes
  const isAllocation = error instanceof RangeError && /memory|allocat/i.test(message)
  if ((isFull && error instanceof webAssembly.RuntimeError) || isAllocation) {
    return new OcelliError('instance.memory', text, { cause: error })
  }
  return new OcelliError('instance.trap', text, { cause: error })
}

/** The innermost WebAssembly function of a stack trace: its name or number, and the offset in its module. */
function wasmPlace(stack: string | undefined): string | undefined {
  const line = stack?.split('\n').find((candidate) => candidate.includes('wasm-function['))
  const match = line && /at (?:(\S+) \()?wasm:\/\/\S*?:wasm-function\[(\d+)\]:(0x[0-9a-f]+)/.exec(line)
  if (!match) return undefined
  const [, name, index, offset] = match
  return `${name ?? 'function'} [${index}] at ${offset}`
}

function fieldOf(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const field: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
  return field === undefined ? undefined : String(field)
}
