/** Bytes of components that mean harm or are none, from the sources in `test/hostile`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { contractText } from '../../wit/toolchain/wit-text.ts'

/** Sources that become a component. */
export const HOSTILE_COMPONENTS = [
  'loop-forever',
  'loop-at-start',
  'take-all-memory',
  'start-too-large',
  'trap-each-frame',
  'flood-output',
  'unknown-import',
  'open-socket',
] as const

/** Bytes that are no component that could run. */
export const NO_COMPONENTS = ['ill-typed', 'core-module', 'truncated', 'random-bytes', 'wat-text'] as const

export type HostileName = (typeof HOSTILE_COMPONENTS)[number] | (typeof NO_COMPONENTS)[number]

/** The bytes of a hostile component; what each does is in `test/hostile/README.md`. */
export async function hostileComponent(name: HostileName): Promise<Uint8Array> {
  switch (name) {
    case 'truncated': {
      const whole = await hostileComponent('trap-each-frame')
      return whole.slice(0, whole.length / 2)
    }
    case 'random-bytes':
      return noise(4096)
    case 'wat-text':
      return new TextEncoder().encode(source('unknown-import'))
    default:
      return assemble(source(name))
  }
}

async function assemble(text: string): Promise<Uint8Array> {
  const binary = await parse(text)
  const world = /^;; world: (\S+)$/m.exec(text)?.[1]
  if (world === undefined) return binary
  return componentNew(await componentEmbed({ binary, witSource: contractText(), world, stringEncoding: 'utf8' }))
}

function source(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'hostile', `${name}.wat`), 'utf8')
}

/** The same bytes each time: a linear congruential generator (Numerical Recipes). */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}
