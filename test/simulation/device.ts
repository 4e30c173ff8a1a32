/** One simulated device: what outlives its agent (disk, artifacts, imagers), and the agent that may die at any step. */
import { type Agent, createAgent } from '@ocelli/agent/agent'
import type { ArtifactSource, DeviceIdentity, Offer } from '@ocelli/agent/ports'
import type { CodeLibrary } from '@ocelli/agent/runtime/code/code-library'
import { createInThreadHost } from '@ocelli/agent/runtime/in-thread/in-thread-host'
import { type MemoryArtifactDisk, memoryArtifacts } from '@ocelli/agent/storage/artifact-files'
import { MemoryDisk, openMemoryStore } from '@ocelli/agent/storage/memory-store'
import { nodeCrypto } from '@ocelli/agent/trust/node-crypto'
import type { DeviceId } from '@ocelli/schemas/ids'
import { compareGenerations, type Generation } from '@ocelli/schemas/messages/generation'
import type { MemoryNetwork } from '../support/memory-network.ts'
import type { Chance } from './chance.ts'
import { SteadyImagers } from './imagers.ts'
import { ProcessClock, type Timeline } from './timeline.ts'

/** Reading it out of the outbox's JSON at every event is cheaper than parsing. */
const STREAM = /s-[a-z2-7]{16}/

export interface DeviceWorld {
  readonly timeline: Timeline
  readonly chance: Chance
  readonly network: MemoryNetwork
  readonly code: CodeLibrary
  readonly source: (device: DeviceId, clock: ProcessClock) => ArtifactSource
}

export interface DeviceProfile {
  readonly imagers: readonly string[]
  readonly offered: readonly Offer[]
  readonly memoryBytes: number
  /** How wrong the wall clock is, in milliseconds; 0 is synchronised. */
  readonly skewMs: number
}

export class SimulatedDevice {
  readonly id: DeviceId
  readonly imagers: SteadyImagers
  readonly disk = new MemoryDisk()
  /** Every record whose outbox transaction ever committed, by stream and sequence: what must not get lost. */
  readonly accepted = new Map<string, Set<number>>()
  agent: Agent | undefined
  /** The newest generation that any run of the agent ran. */
  newestRun: Generation | undefined
  /** Rises whenever something that the agent shows has changed. */
  changes = 0
  readonly #world: DeviceWorld
  readonly #profile: DeviceProfile
  readonly #identity: DeviceIdentity
  readonly #artifacts: MemoryArtifactDisk = { whole: new Map(), partial: new Map() }
  #clock: ProcessClock | undefined
  #boots = 0
  #newestNoted: unknown
  #changed = false

  constructor(world: DeviceWorld, identity: DeviceIdentity, profile: DeviceProfile) {
    this.id = identity.device
    this.#world = world
    this.#identity = identity
    this.#profile = profile
    this.imagers = new SteadyImagers(profile.imagers)
  }

  /** Starts a new process on what is left on disk. */
  boot(): void {
    if (this.agent) return
    const { timeline, network, code } = this.#world
    const clock = new ProcessClock(timeline, this.#profile.skewMs)
    const boot = `boot-${this.#boots++}`
    const random = {
      bytes: (purpose: string, count: number) => this.#world.chance.bytes(`${this.id} ${boot} ${purpose}`, count),
      fraction: (purpose: string) => this.#world.chance.fraction(`${this.id} ${boot} ${purpose}`),
    }
    this.#clock = clock
    this.agent = createAgent(
      {
        clock,
        random,
        crypto: nodeCrypto(),
        identity: { current: () => this.#identity, renew: async () => this.#identity },
        store: openMemoryStore(this.disk),
        artifacts: memoryArtifacts(this.#artifacts),
        source: this.#world.source(this.id, clock),
        link: network.link(this.id),
        host: createInThreadHost({ code, clock, random, callCostMs: 2 }),
        imagers: this.imagers.bank(clock),
        facts: {
          bootId: boot,
          platform: {
            architecture: 'arm64',
            operatingSystem: 'simulation',
            model: 'simulation',
            cpuCount: 4,
            memoryBytes: this.#profile.memoryBytes,
            storageBytes: 1 << 30,
            simulated: true,
          },
          offered: this.#profile.offered,
        },
        log: () => undefined,
      },
      { version: '0.1.0', resendMs: 2000, outboxBytes: 200_000 },
    )
    this.#changed = true
    this.changes++
    this.agent.onChange(() => {
      this.#changed = true
      this.changes++
    })
    // A start that fails because the process died in it is a crash like any other.
    this.agent.start().catch(() => this.crash())
  }

  /** SIGKILL: nothing of the process runs any more; the disk keeps what was written. */
  crash(): void {
    if (!this.agent) return
    this.#clock?.kill()
    this.#world.network.kill(this.id)
    this.agent = undefined
  }

  get isRunning(): boolean {
    return this.agent !== undefined
  }

  /** Notes what the outbox holds durably now. */
  noteAccepted(): void {
    const newest = this.disk.records.at(-1)
    if (newest === undefined || newest === this.#newestNoted) return
    this.#newestNoted = newest
    const stream = this.stream
    if (stream === undefined) return
    let seen = this.accepted.get(stream)
    if (!seen) {
      seen = new Set()
      this.accepted.set(stream, seen)
    }
    const { records } = this.disk
    for (let index = records.length - 1; index >= 0; index--) {
      const sequence = records[index]?.sequence ?? 0
      if (seen.has(sequence)) break
      seen.add(sequence)
    }
  }

  /** Imagers that it has when all are plugged in. */
  get allImagers(): readonly string[] {
    return this.#profile.imagers
  }

  /** The stream that the outbox on disk belongs to. */
  get stream(): string | undefined {
    const text = this.disk.values.get('outbox')
    return text === undefined ? undefined : STREAM.exec(text)?.[0]
  }

  /** Throws where the agent runs an older generation than it, or a run of it before, ran. */
  checkGeneration(): void {
    if (!this.#changed) return
    this.#changed = false
    const generation = this.agent?.status().generation
    if (!generation) return
    if (this.newestRun && compareGenerations(generation, this.newestRun) < 0) {
      const text = (value: Generation) => `${value.epoch}.${value.counter}`
      throw new Error(`${this.id} runs generation ${text(generation)} after ${text(this.newestRun)}`)
    }
    this.newestRun = generation
  }
}
