/**
 * A component that starts, stops and puts nothing out: what is measured with it is how a fleet is told and starts, and
 * not how frames are painted and numbers kept, which other benchmarks measure.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { contractText } from '../../../wit/toolchain/wit-text.ts'
import type { Installation } from '../../support/installation.ts'

const CODE = `(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "ocelli:sensing/interval-handler@0.1.0#on-interval") (result i32) i32.const 0))`

/** Pushes it as `quiet@1.0.0`, signed by the installation's development publisher. */
export async function pushQuiet(installation: Installation): Promise<void> {
  const witSource = contractText().replace(
    /^package [^;]+;/,
    (line) => `${line}\nworld quiet { export interval-handler; }`,
  )
  const binary = await parse(CODE)
  const file = join(installation.folder, 'quiet.wasm')
  writeFileSync(file, await componentNew(await componentEmbed({ binary, witSource, world: 'quiet' })))
  const key = join(installation.dataDir, 'keys/publisher.key')
  const done = await installation.cli('push', file, '--as', 'quiet@1.0.0', '--key', key)
  if (done.code !== 0) throw new Error(`push quiet: ${done.stderr}`)
}
