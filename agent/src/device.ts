/** A device in this process: real ports on a data folder, each of which a caller (the simulator) may replace. */
import type { Agent, AgentConfig } from './agent.ts'
import type { AgentPorts } from './ports.ts'

export interface DeviceOptions {
  /** Folder that `join` filled. */
  readonly dataDir: string
  readonly config: AgentConfig
  /** Ports that stand in for the real ones: imagers, facts and host of a simulated device, for instance. */
  readonly replace?: Partial<AgentPorts>
}

export interface OpenDevice {
  readonly agent: Agent
  /** Stops the agent and closes the ports that `openDevice` made. */
  close(): Promise<void>
}

/** Opens the store, reads the identity and wires an agent; does not start it. Rejects with `storage.locked`, `storage.newer` or `request.notFound` (not joined). */
export declare function openDevice(options: DeviceOptions): Promise<OpenDevice>
