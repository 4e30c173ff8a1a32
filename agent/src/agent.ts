/**
 * The agent: makes desired state true on one device and reports. It knows the world only through its ports, so the
 * same code runs on a board, in the simulator and in the deterministic simulation.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Generation } from '@ocelli/schemas/messages/generation'
import type { Reported, ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { AgentPorts } from './ports.ts'

export interface AgentConfig {
  /** Version of the agent, as reported. */
  readonly version: string
  /** Most bytes of records the outbox holds. Default 64 MiB. */
  readonly outboxBytes?: number
  /** MQTT keep-alive. Default 30 s. */
  readonly keepAliveMs?: number
  /** Longest time an offered record waits for its transaction. Default 1 s. */
  readonly commitWithinMs?: number
  /** First wait for the acknowledgement of a batch before it is sent again; doubles up to 60 s. Default 10 s. */
  readonly resendMs?: number
}

export interface AgentStatus {
  readonly device: DeviceId
  readonly link: 'up' | 'down'
  /** Starts of the agent since enrolment, this one included. */
  readonly start: number
  /** Generation of the desired state that it makes true. */
  readonly generation: Generation | undefined
  readonly refused: Reported['refused']
  readonly trustVersion: number
  readonly instances: readonly ReportedInstance[]
  readonly outbox: Reported['outbox']
}

export interface Agent {
  /** Takes up the last accepted desired state and opens the link; resolves without waiting for either. */
  start(): Promise<void>
  /** Ends the instances, commits the outbox, says goodbye. The ports stay open: who made them closes them. */
  stop(): Promise<void>
  status(): AgentStatus
  /** Calls `listener` after anything that `status` shows has changed; the returned function ends it. */
  onChange(listener: () => void): () => void
}

export declare function createAgent(ports: AgentPorts, config: AgentConfig): Agent
