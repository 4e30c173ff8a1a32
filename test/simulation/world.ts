/**
 * The whole system in one process on a virtual clock: the server core on a store that forgets what was not synced,
 * twenty agents with the in-thread component host, and a network that does all that networks do. One seed decides it all.
 */
import { createHash } from 'node:crypto'
import { offersOf } from '@ocelli/agent/capability/interfaces'
import type { ArtifactSource } from '@ocelli/agent/ports'
import { OFFERED_INTERFACES } from '@ocelli/agent/runtime/offered'
import type { ApplyRequest } from '@ocelli/schemas/api/change'
import type { RolloutVerb } from '@ocelli/schemas/api/rollout'
import { PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, type Digest, idText } from '@ocelli/schemas/ids'
import { desired as DESIRED, type DesiredState } from '@ocelli/schemas/messages/desired'
import { topics } from '@ocelli/schemas/topics'
import type { Caller } from '@ocelli/server/actions/caller'
import { createServerCore, type ServerCore } from '@ocelli/server/server'
import { createMemoryStore, MemoryDisk } from '@ocelli/server/store/memory'
import { MemoryNetwork, NO_FAULTS } from '../support/memory-network.ts'
import { Chance } from './chance.ts'
import { type DeviceProfile, SimulatedDevice } from './device.ts'
import { type Fixture, PROJECT } from './fixture.ts'
import { RolloutWatch } from './rollouts.ts'
import { ProcessClock, Timeline } from './timeline.ts'

const DEVICES = 20

const PROFILES: readonly DeviceProfile[] = [
  { imagers: ['cam0'], offered: offersOf(OFFERED_INTERFACES), memoryBytes: 1 << 28, skewMs: 0 },
  { imagers: ['cam0', 'cam1'], offered: offersOf(OFFERED_INTERFACES), memoryBytes: 1 << 28, skewMs: 0 },
  { imagers: [], offered: offersOf(OFFERED_INTERFACES), memoryBytes: 1 << 28, skewMs: 0 },
  // A board without a clock battery starts in the past.
  { imagers: ['cam0'], offered: offersOf(OFFERED_INTERFACES), memoryBytes: 1 << 28, skewMs: -400 * 86_400_000 },
]

const OPERATOR: Caller = { project: PROJECT, actor: 'simulation', tokenId: 'simulation', role: 'operator' }

interface ServerProcess {
  readonly clock: ProcessClock
  readonly core: ServerCore
}

export class World {
  readonly seed: number
  readonly timeline = new Timeline()
  readonly chance: Chance
  readonly network: MemoryNetwork
  readonly disk = new MemoryDisk()
  readonly devices: readonly SimulatedDevice[]
  readonly history: string[] = []
  readonly #fixture: Fixture
  readonly rollouts = new RolloutWatch()
  server: ServerProcess | undefined
  /** True when the change that the fleet must reach in the end is made. */
  isIntentFinal = false
  #serverStarts = 0

  private constructor(seed: number, fixture: Fixture, devices: (world: World) => SimulatedDevice[]) {
    this.seed = seed
    this.#fixture = fixture
    this.chance = new Chance(seed)
    const clock = new ProcessClock(this.timeline)
    this.network = new MemoryNetwork({ clock, chance: () => this.chance.fraction('network'), faults: NO_FAULTS })
    this.devices = devices(this)
  }

  /** Enrols the devices and fills the catalogue; nothing runs yet. */
  static async create(seed: number, fixture: Fixture): Promise<World> {
    const world = new World(seed, fixture, (made) =>
      Array.from({ length: DEVICES }, (_, index) => made.#makeDevice(index)),
    )
    await world.#furnish()
    return world
  }

  note(text: string): void {
    this.history.push(`${this.timeline.nowMs} ms: ${text}`)
  }

  bootServer(): void {
    if (this.server) return
    const start = this.#serverStarts++
    const clock = new ProcessClock(this.timeline)
    const latency = () => clock.wait(this.chance.whole('disk', 1, 15))
    const core = createServerCore({
      store: createMemoryStore({ disk: this.disk, latency }),
      bus: this.network.bus(),
      clock,
      random: { bytes: (purpose, count) => this.chance.bytes(`server ${start} ${purpose}`, count) },
      signer: this.#fixture.signer,
      hash: (bytes) => createHash('sha256').update(bytes).digest(),
    })
    this.server = { clock, core }
    core.start().catch(() => undefined)
  }

  /** SIGKILL: what the disk had not synced is kept or lost, each transaction whole. */
  crashServer(): void {
    if (!this.server) return
    this.server.clock.kill()
    this.network.killServer()
    this.disk.crash(() => this.chance.happens('disk crash', 0.5))
    this.server = undefined
  }

  /** Asks for a change as an operator would; one that the server dies over is simply not answered. */
  apply(request: ApplyRequest): void {
    const { server } = this
    if (!server) return
    const what = Object.keys(request).join()
    server.core.api.apply(OPERATOR, request).then(
      (answer) => this.note('code' in answer ? `${what} refused: ${answer.code} ${answer.message}` : `${what} applied`),
      (error: unknown) => this.note(`${what} failed: ${String(error)}`),
    )
  }

  /** Asks something of a rollout as an operator would. */
  askRollout(name: string, verb: RolloutVerb): void {
    this.server?.core.api.askRollout(OPERATOR, name, verb, false).then(
      (answer) => this.note('code' in answer ? `${verb} refused: ${answer.message}` : `${verb}: ${answer.text}`),
      (error: unknown) => this.note(`${verb} failed: ${String(error)}`),
    )
  }

  /** What the device should run, as the server has it on disk. */
  desiredOf(device: DeviceId) {
    return this.disk.inspect((state) => state.desired.get(device)?.instances)
  }

  /** Asks again until it is answered as done: what the fleet must reach in the end. */
  applyUntilDone(request: ApplyRequest): void {
    const again = () => this.timeline.at(this.timeline.nowMs + 1000, () => this.applyUntilDone(request))
    if (!this.server) {
      again()
      return
    }
    this.server.core.api
      .apply(OPERATOR, request)
      .then((answer) => {
        if ('code' in answer) throw new Error(`${answer.code} ${answer.message}`)
        this.note('the last change of intent is made')
        this.isIntentFinal = true
      })
      .catch((error: unknown) => {
        this.note(`the last change of intent failed: ${String(error)}`)
        again()
      })
  }

  /** A desired state of long ago, rightly signed, that the network had kept somewhere: it says to run nothing. */
  replayOldDesired(device: SimulatedDevice): void {
    const desired = this.disk.inspect((state) => state.desired.get(device.id))
    if (!desired || desired.generation.counter < 2) return
    const counter = this.chance.whole('old desired', 1, desired.generation.counter - 1)
    const old: DesiredState = {
      project: PROJECT,
      device: device.id,
      generation: { ...desired.generation, counter },
      issuedAtMs: desired.issuedAtMs,
      trustVersion: 1,
      instances: [],
    }
    const envelope = this.#fixture.signer.sign(PAYLOAD_TYPES.desired, Buffer.from(JSON.stringify(old)))
    this.network.route({ topic: topics.desired(device.id), payload: DESIRED.encode(envelope), qos: 1, retained: false })
  }

  async runUntil(untilMs: number, afterEach: () => void): Promise<void> {
    await this.timeline.runUntil(untilMs, afterEach)
  }

  #makeDevice(index: number): SimulatedDevice {
    const id = `d-${idText(createHash('sha256').update(`device ${index}`).digest())}` as DeviceId
    const profile = PROFILES[index % PROFILES.length]
    if (!profile) throw new Error('no profile')
    const nowMs = new ProcessClock(this.timeline).wallMs()
    return new SimulatedDevice(
      {
        timeline: this.timeline,
        chance: this.chance,
        network: this.network,
        code: this.#fixture.code,
        source: (device, clock) => this.#source(device, clock),
      },
      {
        device: id,
        project: PROJECT,
        name: `device-${index}`,
        certificateNumber: 1,
        validFromMs: nowMs,
        validToMs: nowMs + 30 * 86_400_000,
        operatorKey: this.#fixture.operatorKey,
        trust: this.#fixture.trust,
      },
      profile,
    )
  }

  async #furnish(): Promise<void> {
    const store = createMemoryStore({ disk: this.disk })
    const nowMs = new ProcessClock(this.timeline).wallMs()
    const audit = { atMs: nowMs, project: PROJECT, actor: 'simulation', action: 'furnish', subject: '', detail: {} }
    await store.putTrust({ version: 1, envelope: this.#fixture.trust }, audit)
    for (const { row, artifacts } of this.#fixture.components) {
      for (const [digest, bytes] of artifacts) await store.putArtifact(digest, bytes)
      await store.addComponent(row, audit)
    }
    const token = { id: 't', project: PROJECT, secretSha256: 's', labels: {}, createdAtMs: nowMs, revoked: false }
    await store.addEnrolmentToken({ ...token, expiresAtMs: nowMs + 1e9, uses: DEVICES, usesLeft: DEVICES }, audit)
    for (const [index, device] of this.devices.entries()) {
      await store.enrol({
        token: 't',
        secretSha256: 's',
        device: device.id,
        name: `device-${index}`,
        labels: { half: index < DEVICES / 2 ? 'a' : 'b' },
        certificate: { serial: String(index), issuedAtMs: nowMs, expiresAtMs: nowMs + 30 * 86_400_000 },
        atMs: nowMs,
      })
    }
    await store.close()
  }

  /** HTTPS to the server: slow, cut off in the middle now and then, and away when the server is. */
  #source(device: DeviceId, clock: ProcessClock): ArtifactSource {
    const reach = async () => {
      await clock.wait(this.chance.whole('https', 2, 80))
      if (
        !this.server ||
        this.network.isCut(device) ||
        this.network.isCut('server') ||
        this.chance.happens('https fails', 0.02)
      ) {
        throw new OcelliError('artifact.unavailable', 'the server cannot be reached')
      }
    }
    const { disk, chance } = this
    return {
      async *fetch(digest: Digest, offset: number) {
        await reach()
        const bytes = disk.inspect((state) => state.artifacts.get(digest))
        if (!bytes) throw new OcelliError('request.notFound', `no ${digest}`)
        const cut = chance.whole('https cut', offset, bytes.byteLength)
        yield bytes.slice(offset, cut)
        await reach()
        yield bytes.slice(cut)
      },
      fetchTrust: async () => {
        await reach()
        return JSON.stringify(this.#fixture.trust)
      },
    }
  }
}
