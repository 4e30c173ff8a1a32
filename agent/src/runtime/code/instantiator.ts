/** Evaluates the glue that our transpiler made. Nothing else is ever evaluated: no JavaScript is taken from outside. */
import { compileFunction } from 'node:vm'
import type { HostInterface } from '../wasi/closed-wasi.ts'
import type { CoreModule } from './webassembly.ts'

/** Makes an instance of a component: may be called any number of times, each with memories and tables of its own. */
export type Instantiate = (
  getCoreModule: (name: string) => CoreModule,
  imports: Readonly<Record<string, HostInterface>>,
  instantiateCore: (module: CoreModule, imports?: object) => unknown,
) => Readonly<Record<string, HostInterface>>

/** Parsing takes some milliseconds: instances of one component in one thread share the result. */
export function compileGlue(script: string): Instantiate {
  return compileFunction(script, [])()
}
