/** `ocelli-agent run`: one device in the foreground until it is told to stop. */
import type { AgentStatus } from '../agent.ts'
import { agentVersion, bundledEntryPoints } from '../bundled.ts'
import { openDevice } from '../device.ts'
import { parseCamera } from '../imager/camera-source.ts'
import { redact } from '../imager/redact.ts'
import type { Log } from '../ports.ts'
import { serveStatus } from './status-socket.ts'

export interface RunOptions {
  readonly dataDir: string
  readonly cameras: readonly string[]
  readonly verbose: boolean
  /** Most bytes of records held; the agent's default where absent. */
  readonly outboxBytes: number | undefined
  /** What starts Node for the transpiler, where the running executable cannot be started by its name (emulation). */
  readonly nodeCommand: readonly string[] | undefined
}

/** Resolves when the agent was asked to stop and has. */
export async function runDevice(options: RunOptions): Promise<void> {
  const log: Log = (level, message) => {
    if (level !== 'debug' || options.verbose) console.error(`${new Date().toISOString()} ${level} ${redact(message)}`)
  }
  const entryPoints = bundledEntryPoints()
  // Asked for before anything is opened: a signal in between must not end the process with a half-open store.
  const asked = stopSignal()
  const { outboxBytes } = options
  const device = await openDevice({
    dataDir: options.dataDir,
    config: { version: agentVersion(), ...(outboxBytes !== undefined && { outboxBytes }) },
    cameras: options.cameras.map((camera) => parseCamera(camera)),
    ...(entryPoints && { entryPoints }),
    ...(options.nodeCommand && { nodeCommand: options.nodeCommand }),
    log,
  })
  const stopStatus = await serveStatus(options.dataDir, () => device.agent.status())
  const stopProgress = device.agent.onChange(progress(() => device.agent.status(), log))
  await device.agent.start()
  const signal = await asked
  log('info', `${signal}: stopping`)
  stopProgress()
  await stopStatus()
  await device.close()
  log('info', 'stopped')
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve(signal))
  })
}

/** Says each change of an instance's state once. */
function progress(status: () => AgentStatus, log: Log): () => void {
  const shown = new Map<string, string>()
  return () => {
    for (const { id, realisation, revision, state, error } of status().instances) {
      const text = `${realisation} revision ${revision}: ${state}${error ? ` (${error.code}: ${error.message})` : ''}`
      if (shown.get(id) === text) continue
      shown.set(id, text)
      log('info', `${id} ${text}`)
    }
  }
}
