/** A device in this process: real ports on a data folder, each of which a caller (the simulator) may replace. */
import { join } from 'node:path'
import { type Agent, type AgentConfig, createAgent } from './agent.ts'
import { offersOf } from './capability/interfaces.ts'
import { bootId, machineClock, machinePlatform, machineRandom } from './capability/machine.ts'
import { FileIdentity } from './identity/identity-keeper.ts'
import type { CameraSource } from './imager/camera-source.ts'
import { openFfmpegBank } from './imager/ffmpeg-bank.ts'
import { FFMPEG_ON_PATH } from './imager/ffmpeg-process.ts'
import { httpsSource } from './link/https-source.ts'
import { mqttLink } from './link/mqtt-link.ts'
import type { AgentPorts, Log } from './ports.ts'
import { lazyHost } from './run/lazy-host.ts'
import type { EntryPoints } from './runtime/entry-points.ts'
import { OFFERED_INTERFACES } from './runtime/offered.ts'
import { fileArtifacts } from './storage/artifact-files.ts'
import { openSqliteStore } from './storage/sqlite-store.ts'
import { nodeCrypto } from './trust/node-crypto.ts'

export interface DeviceOptions {
  /** Folder that `join` filled. */
  readonly dataDir: string
  readonly config: AgentConfig
  /** Cameras besides those of `cameras.json` and those that the kernel announces. */
  readonly cameras?: readonly CameraSource[]
  /** Where worker and transpiler lie in a bundle. */
  readonly entryPoints?: EntryPoints
  /** What starts Node for the transpiler; the running executable where absent. */
  readonly nodeCommand?: readonly string[]
  /** Workers kept warm for the next instance. Default 1. */
  readonly spareWorkers?: number
  readonly log?: Log
  /** Ports that stand in for the real ones: imagers, facts and host of a simulated device, for instance. Who made them closes them. */
  readonly replace?: Partial<AgentPorts>
}

export interface OpenDevice {
  readonly agent: Agent
  /** Stops the agent and closes the ports that `openDevice` made. */
  close(): Promise<void>
}

/**
 * Opens the store, reads the identity and wires an agent; does not start it. Rejects with `storage.locked`,
 * `storage.newer` or `request.notFound` (not joined).
 */
export async function openDevice(options: DeviceOptions): Promise<OpenDevice> {
  const { dataDir, config, replace = {} } = options
  const log: Log = replace.log ?? options.log ?? (() => {})
  const clock = replace.clock ?? machineClock()
  const random = replace.random ?? machineRandom()
  const identity = new FileIdentity(dataDir)
  const closers: (() => void | Promise<void>)[] = []
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const store = replace.store ?? openSqliteStore(join(dataDir, 'agent.sqlite'))
    if (!replace.store) closers.push(() => store.close())
    const host =
      replace.host ??
      lazyHost(async () => {
        const { createWorkerHost } = await import('./runtime/worker/worker-host.ts')
        return createWorkerHost({
          cacheDirectory: join(dataDir, 'code'),
          ...(options.entryPoints && { entryPoints: options.entryPoints }),
          ...(options.nodeCommand && { transpile: { nodeCommand: options.nodeCommand } }),
          ...(options.spareWorkers !== undefined && { spareWorkers: options.spareWorkers }),
        })
      })
    if (!replace.host) closers.push(() => host.close())
    const imagers =
      replace.imagers ??
      (await openFfmpegBank({ dataDir, paths: FFMPEG_ON_PATH, clock, random, log, cameras: options.cameras ?? [] }))
    if (!replace.imagers) closers.push(() => imagers.close())
    const agent = createAgent(
      {
        clock,
        random,
        // What the caller brings is not made: a fleet of simulated devices is opened in seconds.
        crypto: replace.crypto ?? nodeCrypto(),
        identity: replace.identity ?? identity,
        store,
        artifacts: replace.artifacts ?? fileArtifacts(join(dataDir, 'artifacts')),
        source: replace.source ?? httpsSource(identity),
        link: replace.link ?? mqttLink({ identity, clock, random }),
        host,
        imagers,
        facts: replace.facts ?? {
          bootId: bootId(),
          platform: machinePlatform(dataDir),
          offered: offersOf(OFFERED_INTERFACES),
        },
        log,
      },
      config,
    )
    closers.push(() => agent.stop())
    return { agent, close: closeAll }
  } catch (cause) {
    await closeAll()
    throw cause
  }
}
