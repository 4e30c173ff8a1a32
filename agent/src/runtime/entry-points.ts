/**
 * Where the files are that run outside of the agent's own thread. A bundle places them elsewhere and passes its own.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface EntryPoints {
  /** Worker thread that runs one instance. */
  readonly guestWorker: URL
  /** Child process that transpiles one component. */
  readonly transpileChild: URL
  /** Folders that the child may read: its own code and jco's, nothing else of the device. */
  readonly transpileReadable: readonly string[]
}

/** The files of this source tree; jco is found where packages are resolved from here. */
export function sourceEntryPoints(): EntryPoints {
  const transpiler = dirname(fileURLToPath(import.meta.resolve('@bytecodealliance/jco-transpile/component')))
  return {
    guestWorker: new URL('./worker/guest-worker.ts', import.meta.url),
    transpileChild: new URL('./code/transpile-child.ts', import.meta.url),
    transpileReadable: [
      import.meta.dirname,
      transpiler,
      // Packages are looked up from the file upwards: the folder of links and its target must be readable.
      join(transpiler, '..', 'package.json'),
      ...packageLookup(),
    ],
  }
}

/** `@ocelli/schemas` and the package.json files above this folder, which Node reads to know how to load a file. */
function packageLookup(): string[] {
  const agent = join(import.meta.dirname, '..', '..')
  const schemas = dirname(fileURLToPath(import.meta.resolve('@ocelli/schemas/errors')))
  return [join(agent, 'package.json'), join(agent, '..', 'node_modules', '@ocelli'), join(schemas, '..')]
}
