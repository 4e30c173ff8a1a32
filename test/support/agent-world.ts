/** One agent on ports that a test holds in its hand: clock, broker side of the link, artifacts, imagers. */
import { type Agent, type AgentConfig, createAgent } from '@ocelli/agent/agent'
import type { Imager, ImagerBank } from '@ocelli/agent/imager/imager'
import type { AgentPorts, ArtifactSource, DeviceIdentity, Link, LinkOptions, LinkSession } from '@ocelli/agent/ports'
import { memoryArtifacts } from '@ocelli/agent/storage/artifact-files'
import { MemoryDisk, openMemoryStore } from '@ocelli/agent/storage/memory-store'
import { nodeCrypto } from '@ocelli/agent/trust/node-crypto'
import type { Envelope } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest, ImagerId } from '@ocelli/schemas/ids'
import { type Inventory, inventory } from '@ocelli/schemas/messages/inventory'
import { presence } from '@ocelli/schemas/messages/presence'
import { type Reported, type ReportedInstance, reported } from '@ocelli/schemas/messages/reported'
import type { Telemetry } from '@ocelli/schemas/messages/telemetry'
import { topics } from '@ocelli/schemas/topics'
import { ManualClock, settle } from './agent-clock.ts'
import { type Artifact, Authority, DEVICE, PROJECT } from './agent-documents.ts'
import { FakeHost } from './agent-host.ts'
import { seededRandom } from './agent-random.ts'

/** The link's other end. */
class FakeBroker implements Link {
  options: LinkOptions | undefined
  readonly published: { topic: string; payload: Uint8Array; qos: 0 | 1; retained: boolean }[] = []
  opened = 0
  isUp = false
  /** Topics, by their last level, that the broker takes without a PUBACK and tells nobody of. */
  readonly deafTo = new Set<string>()

  open(options: LinkOptions): LinkSession {
    this.options = options
    this.opened++
    return {
      publish: async (topic, payload, { qos, retained }) => {
        if (!this.isUp) return false
        if (this.deafTo.has(topic.split('/').at(-1) ?? '')) return new Promise<boolean>(() => {})
        this.published.push({ topic, payload, qos, retained })
        return true
      },
      reconnect: () => {},
      close: async () => {
        this.isUp = false
      },
    }
  }

  up(): void {
    this.isUp = true
    this.options?.onUp()
  }

  down(): void {
    this.isUp = false
    this.options?.onDown('pulled')
  }

  send(topic: string, payload: unknown): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(JSON.stringify(payload))
    this.options?.onMessage({ topic, payload: new Uint8Array(bytes) })
  }

  on(kind: string): unknown[] {
    return this.published
      .filter(({ topic }) => topic.startsWith(`ocelli/v1/${DEVICE}/${kind}`))
      .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as unknown)
  }
}

export class FakeImagers implements ImagerBank {
  #ids: string[] = []
  readonly #listeners = new Set<() => void>()

  set(...ids: string[]): void {
    this.#ids = ids
    for (const listener of this.#listeners) listener()
  }

  list(): readonly Imager[] {
    return this.#ids.map((id) => ({
      facts: {
        id: id as ImagerId,
        driver: 'fake',
        model: 'fake',
        widthPixels: 640,
        heightPixels: 480,
        colour: 'mono' as const,
        formats: ['gray8' as const],
        maxFrameRateMillihertz: 30_000,
        controllable: false,
      },
      subscribe: () => ({ close: () => {} }),
      close: async () => {},
    }))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {}
}

class FakeSource implements ArtifactSource {
  readonly files = new Map<Digest, Uint8Array>()
  readonly asked: Digest[] = []
  trust: Envelope | undefined
  trustAsked = 0
  isDown = false

  offer(...artifacts: Artifact[]): void {
    for (const { bytes, signature, component } of artifacts) {
      this.files.set(component.digest, bytes)
      this.files.set(component.signature, signature)
    }
  }

  async *fetch(digest: Digest, offset: number): AsyncIterable<Uint8Array> {
    this.asked.push(digest)
    const bytes = this.files.get(digest)
    if (this.isDown) throw new OcelliError('artifact.unavailable', 'no network')
    if (bytes === undefined) throw new OcelliError('request.notFound', `no ${digest}`)
    // Two chunks, so that the way from chunk to file is taken.
    const half = offset + Math.ceil((bytes.byteLength - offset) / 2)
    yield bytes.subarray(offset, half)
    yield bytes.subarray(half)
  }

  async fetchTrust(): Promise<string> {
    this.trustAsked++
    if (this.trust === undefined) throw new OcelliError('artifact.unavailable', 'no trust document')
    return JSON.stringify(this.trust)
  }
}

export class World {
  readonly authority = new Authority()
  readonly clock = new ManualClock()
  readonly broker = new FakeBroker()
  readonly host = new FakeHost()
  readonly imagers = new FakeImagers()
  readonly source = new FakeSource()
  readonly disk = new MemoryDisk()
  readonly artifacts = memoryArtifacts()
  readonly lines: string[] = []
  identity: DeviceIdentity
  renewals = 0
  agent: Agent
  readonly #config: Partial<AgentConfig>

  constructor(config: Partial<AgentConfig> = {}) {
    const wallMs = this.clock.wallMs()
    this.#config = config
    this.identity = {
      device: DEVICE,
      project: PROJECT,
      name: 'test',
      certificateNumber: 1,
      validFromMs: wallMs - 1000,
      validToMs: wallMs + 30 * 86_400_000,
      operatorKey: this.authority.operator.publicKey,
      trust: this.authority.signedTrust(),
    }
    this.agent = this.boot()
  }

  ports(): AgentPorts {
    const { clock, source, host, imagers, artifacts } = this
    return {
      clock,
      random: seededRandom('test'),
      crypto: nodeCrypto(),
      identity: {
        current: () => this.identity,
        renew: async () => {
          this.renewals++
          const validFromMs = clock.wallMs()
          const certificateNumber = this.identity.certificateNumber + 1
          this.identity = { ...this.identity, certificateNumber, validFromMs, validToMs: validFromMs + 30 * 86_400_000 }
          return this.identity
        },
      },
      store: openMemoryStore(this.disk),
      artifacts,
      source,
      link: this.broker,
      host,
      imagers,
      facts: {
        bootId: 'boot-1',
        platform: {
          architecture: 'arm64',
          operatingSystem: 'test',
          model: 'test',
          cpuCount: 4,
          memoryBytes: 1 << 30,
          storageBytes: 1 << 30,
          simulated: true,
        },
        offered: [
          { name: 'ocelli:sensing/measurements@0.1.0' },
          { name: 'ocelli:sensing/frames@0.1.0', needs: 'imager' },
        ],
      },
      log: (level, message) => void this.lines.push(`${level} ${message}`),
    }
  }

  /** A new process on what is left on disk. The one before is abandoned as it is, unless it was stopped. */
  boot(): Agent {
    this.agent = createAgent(this.ports(), { version: '0.1.0', ...this.#config })
    return this.agent
  }

  /** Starts the agent and its connection. */
  async online(): Promise<void> {
    await this.agent.start()
    this.broker.up()
    await settle()
  }

  async desire(envelope: Envelope): Promise<void> {
    this.broker.send(topics.desired(DEVICE), envelope)
    await settle()
  }

  /** The one instance, as `status` has it. */
  only(): ReportedInstance | undefined {
    return this.agent.status().instances[0]
  }

  lastReport(): Reported {
    const parsed = reported.check(this.broker.on('reported').at(-1))
    if (!parsed.ok) throw new Error(parsed.message)
    return parsed.value
  }

  lastInventory(): Inventory {
    const parsed = inventory.check(this.broker.on('inventory').at(-1))
    if (!parsed.ok) throw new Error(parsed.message)
    return parsed.value
  }

  lastPresence(): string {
    const parsed = presence.check(this.broker.on('presence').at(-1))
    if (!parsed.ok) throw new Error(parsed.message)
    return parsed.value.state
  }

  batches(): Telemetry[] {
    return this.broker.on('telemetry') as Telemetry[]
  }
}
