/** Admission of components: what can be told by looking is told here, all else in a throw-away process. */
import { type ComponentNeeds, MAX_COMPONENT_BYTES } from '@ocelli/schemas/component'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import type { AdmittedComponent } from '../domain/component.ts'
import type { Admission } from '../ports.ts'
import { createChildPool } from './child-pool.ts'
import { type ComponentOutline, readOutline } from './component-outline.ts'
import { digestOf } from './digest.ts'
import { readAnswer } from './inspect-answer.ts'

export interface AdmissionOptions {
  /** Longest time for one component. Default 5 s. */
  readonly timeoutMs?: number
  /** Components read at once. Default 2. */
  readonly concurrency?: number
  /** Uploads that wait for their turn; more are refused with `server.busy`. Default 256. */
  readonly maxWaiting?: number
}

export interface ProcessAdmission extends Admission {
  /** Ends all children; what they were reading is rejected. */
  close(): Promise<void>
}

/** Answers remembered by digest, so that the same bytes, good or hostile, are read once. */
const REMEMBERED = 512
const MEBIBYTE = 1_048_576

type Remembered = AdmittedComponent | OcelliError

export function createAdmission(options: AdmissionOptions = {}): ProcessAdmission {
  const { timeoutMs = 5_000, concurrency = 2, maxWaiting = 256 } = options
  const pool = createChildPool(concurrency, { timeoutMs, wasmBytes: 512 * MEBIBYTE, residentBytes: 1024 * MEBIBYTE })
  const remembered = new Map<Digest, Remembered>()
  const turn = createTurns(concurrency, maxWaiting)
  const remember = (digest: Digest, answer: Remembered) => {
    remembered.set(digest, answer)
    if (remembered.size > REMEMBERED) for (const oldest of remembered.keys()) return remembered.delete(oldest)
  }
  return {
    async inspect(wasm) {
      if (wasm.byteLength > MAX_COMPONENT_BYTES) {
        const limit = `the limit is ${MAX_COMPONENT_BYTES}`
        throw new OcelliError('component.tooLarge', `The component has ${wasm.byteLength} bytes, ${limit}`)
      }
      const outline = readOutline(wasm)
      const digest = digestOf(wasm)
      const known = remembered.get(digest)
      if (known instanceof OcelliError) throw known
      if (known !== undefined) return known
      const text = await turn(() => pool.run(childInput(wasm, outline)))
      try {
        const admitted = admittedFrom(text, digest, wasm.byteLength, outline.needs)
        remember(digest, admitted)
        return admitted
      } catch (error) {
        if (error instanceof OcelliError) remember(digest, error)
        throw error
      }
    },
    close: () => pool.close(),
  }
}

/** As `inspect-child.ts` reads it: the places of the core modules, then the component. */
function childInput(wasm: Uint8Array, { coreModules }: ComponentOutline): Uint8Array[] {
  const head = Buffer.alloc(4 + 8 * coreModules.length)
  head.writeUInt32LE(coreModules.length)
  for (const [index, module] of coreModules.entries()) {
    head.writeUInt32LE(module.byteOffset - wasm.byteOffset, 4 + 8 * index)
    head.writeUInt32LE(module.byteLength, 8 + 8 * index)
  }
  return [head, wasm]
}

function admittedFrom(text: string, digest: Digest, sizeBytes: number, needs: ComponentNeeds): AdmittedComponent {
  const answer = readAnswer(text)
  if (answer === undefined) {
    throw new OcelliError('component.toolFailed', 'The component could not be read: the reader failed on it')
  }
  if (answer.kind === 'refused') throw new OcelliError(answer.code, answer.message)
  const { imports, typeImports, exports, wit } = answer
  return { digest, sizeBytes, imports, typeImports, exports, needs, wit }
}

/** At most `atOnce` run, at most `maxWaiting` wait, in order. */
function createTurns(atOnce: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) {
        throw new OcelliError('server.busy', `${maxWaiting} components wait to be read already`)
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
