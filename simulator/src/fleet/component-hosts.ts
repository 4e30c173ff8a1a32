/** The component hosts of a fleet in one process: worker threads as on a device, or all in this thread. */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createCodeCache } from '@ocelli/agent/runtime/code/code-cache'
import { createCodeLibrary } from '@ocelli/agent/runtime/code/code-library'
import { createChildTranspiler } from '@ocelli/agent/runtime/code/transpiler'
import { sourceEntryPoints } from '@ocelli/agent/runtime/entry-points'
import type { ComponentHost } from '@ocelli/agent/runtime/host'
import { createInThreadHost } from '@ocelli/agent/runtime/in-thread/in-thread-host'
import { createWorkerHost } from '@ocelli/agent/runtime/worker/worker-host'
import { realTime } from './real-time.ts'
import { createSharedHost } from './shared-host.ts'
import { startInTurn } from './start-in-turn.ts'

export const HOST_KINDS = ['worker', 'in-thread'] as const
export type HostKind = (typeof HOST_KINDS)[number]

export interface ComponentHosts {
  forDevice(): ComponentHost
  close(): Promise<void>
}

/** `worker` isolates each instance in a thread of its own; `in-thread` lets thousands of devices fit, and trusts their components. */
export function createComponentHosts(kind: HostKind, dataDir: string): ComponentHosts {
  const cacheDirectory = join(dataDir, 'code')
  if (kind === 'worker') {
    return createSharedHost(startInTurn(createWorkerHost({ cacheDirectory }), availableParallelism()))
  }
  const code = createCodeLibrary(
    createChildTranspiler({ entryPoints: sourceEntryPoints() }),
    createCodeCache(cacheDirectory),
  )
  const clock = realTime()
  const random = { bytes: (_purpose: string, count: number) => new Uint8Array(randomBytes(count)) }
  return {
    forDevice: () => createInThreadHost({ code, clock, random }),
    close: () => code.close(),
  }
}
