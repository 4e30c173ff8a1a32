/**
 * A server over the memory store with real HTTP, for tests of actions, loops and API. The broker is a list: what
 * devices say is handed in, what the server says is kept.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { Role } from '@ocelli/schemas/api/access'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { type DesiredState, readDesiredState } from '@ocelli/schemas/messages/desired'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import { keyIdOf } from '@ocelli/schemas/signing'
import { topics } from '@ocelli/schemas/topics'
import type { AdmittedComponent } from '@ocelli/server/domain/component'
import type { ComponentRow } from '@ocelli/server/domain/records'
import type { ComponentVersion } from '@ocelli/server/domain/snapshot'
import { checkAccessToken, makeAccessToken } from '@ocelli/server/identity/access-tokens'
import { makeEnrolmentToken } from '@ocelli/server/identity/enrolment'
import { createSigner, publicKeyText } from '@ocelli/server/identity/keys'
import { createSealer } from '@ocelli/server/identity/sealing'
import { firstTrust, openTrust, signTrust, verifyComponent } from '@ocelli/server/identity/trust'
import { createWebhookSecrets } from '@ocelli/server/identity/webhook-secrets'
import { SYSTEM_CLOCK } from '@ocelli/server/open-server'
import type { Bus, BusHandlers } from '@ocelli/server/ports'
import { createServer, type Server } from '@ocelli/server/server'
import { createMemoryStore, MemoryDisk } from '@ocelli/server/store/memory'
import type { Store } from '@ocelli/server/store/store'
import { sendWebhook } from '@ocelli/server/webhooks/sender'
import { pino } from 'pino'
import { ApiClient } from './server-client.ts'
import { blobDetector, deviceId, inventory, motion, peopleCount, uptimeNote } from './snapshot-builders.ts'
import { waitUntil } from './wait-until.ts'

export const PROJECT = 'default' as ProjectId
const AUDIT = { atMs: 1, project: PROJECT, actor: 'test', action: 'furnish', subject: '', detail: {} }
const random = { bytes: (_purpose: string, count: number) => new Uint8Array(randomBytes(count)) }

export interface Published {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
}

/** The broker as a list. */
export class ListBus implements Bus {
  readonly published: Published[] = []
  readonly disconnected: DeviceId[] = []
  handlers: BusHandlers | undefined
  takes = true

  async open(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers
    handlers.onUp()
  }

  readonly #waiting = new Map<string, () => void>()

  async publish(topic: string, payload: Uint8Array, { retained }: { retained: boolean }): Promise<boolean> {
    if (this.takes) this.published.push({ topic, payload, retained })
    this.#waiting.get(topic)?.()
    return this.takes
  }

  /** Resolves when the server says something on the topic. */
  onceOn(topic: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(topic, resolve)
    })
  }

  async disconnect(device: DeviceId): Promise<void> {
    this.disconnected.push(device)
  }

  async close(): Promise<void> {}

  /** A device says something; bytes and a text are handed in as they are. */
  say(topic: string, value: unknown): void {
    const text = typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)
    this.handlers?.onMessage({ topic, payload: Buffer.from(text), retained: false })
  }

  on(topic: string): unknown[] {
    return this.published
      .filter((one) => one.topic === topic)
      .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()))
  }
}

export class ServerWorld {
  readonly bus = new ListBus()
  readonly disk: MemoryDisk
  readonly store: Store
  readonly server: Server
  readonly admin: ApiClient
  readonly url: string
  /** Signs trust documents; the server holds its public half alone. */
  readonly operatorKey: KeyObject
  #devices = 0

  private constructor(parts: {
    disk: MemoryDisk
    store: Store
    server: Server
    url: string
    token: string
    bus: ListBus
    operatorKey: KeyObject
  }) {
    this.disk = parts.disk
    this.store = parts.store
    this.server = parts.server
    this.url = parts.url
    this.bus = parts.bus
    this.operatorKey = parts.operatorKey
    this.admin = new ApiClient(parts.url, parts.token)
  }

  static async start(
    options: {
      readonly inspect?: (wasm: Uint8Array) => Promise<AdmittedComponent>
      /** Instead of one in memory. */
      readonly store?: Store
    } = {},
  ): Promise<ServerWorld> {
    const disk = new MemoryDisk()
    const store = options.store ?? createMemoryStore({ disk })
    const bus = new ListBus()
    const operator = generateKeyPairSync('ed25519')
    const signing = generateKeyPairSync('ed25519')
    const sealer = createSealer(random.bytes('', 32), random)
    const trust = openTrust(store, sealer)
    const webhookSecrets = createWebhookSecrets(sealer, random)
    await trust.pin(operator.publicKey)
    const document = firstTrust({
      project: PROJECT,
      issuedAtMs: 1,
      development: true,
      servers: [signing.publicKey],
      publishers: [],
    })
    await trust.adopt(signTrust(document, operator.privateKey), AUDIT)
    for (const version of [motion, peopleCount, blobDetector, uptimeNote])
      await store.addComponent(componentRow(version), AUDIT)
    const shown = (key: typeof operator.publicKey) => ({ keyId: keyIdOf(key), publicKey: publicKeyText(key) })
    const unused = () => Promise.reject(new Error('this test admits no components'))
    const server = createServer(
      {
        store,
        bus,
        clock: SYSTEM_CLOCK,
        random,
        signer: createSigner(signing.privateKey),
        hash: (bytes) => createHash('sha256').update(bytes).digest(),
        // Tests wait for neither devices to come back nor receivers to do so.
        alerts: { graceMs: 0, retryPausesMs: [20, 40] },
        sendWebhook: ({ project, name, sealed, url }, message) =>
          sendWebhook({ ...message, url, secret: webhookSecrets.open(project, name, sealed) }),
        log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
        checkToken: (text) => checkAccessToken(store, text, Date.now()),
        identity: {
          admission: { inspect: options.inspect ?? unused },
          verifyComponent: async (envelope) => verifyComponent(envelope, { publishers: [] }),
          push: unused,
          makeWebhookSecret: webhookSecrets.make,
          makeAccessToken: (fields) => makeAccessToken(random, fields),
          makeEnrolmentToken: (fields) =>
            makeEnrolmentToken(random, { ...fields, url: 'https://server:7443', rootSha256: 'a'.repeat(64) }),
          trust: {
            async current() {
              const current = await trust.current()
              return current && { document: current.document, envelope: current.row.envelope }
            },
            adopt: (envelope, audit) => trust.adopt(envelope, audit),
            operatorKey: async () => shown(operator.publicKey),
            serverKey: () => shown(signing.publicKey),
          },
        },
      },
      { version: '0.1.0', http: { host: '127.0.0.1', port: 0 }, database: 'memory' },
    )
    const { row, text } = makeAccessToken(random, { project: PROJECT, name: 'root', role: 'admin', createdAtMs: 1 })
    await store.addAccessToken(row, AUDIT)
    const { url } = await server.start()
    return new ServerWorld({ disk, store, server, url, token: text, bus, operatorKey: operator.privateKey })
  }

  async stop(): Promise<void> {
    await this.server.stop()
    await this.store.close()
  }

  /** A client with a token of this role. */
  async client(role: Role, name: string = role): Promise<ApiClient> {
    const { token } = await this.admin.ok('createAccessToken', { body: { name, role } })
    return new ApiClient(this.url, token)
  }

  /** Enrols a device in the store and lets it say hello; resolves when the server knows its facts. */
  async device(facts: Parameters<typeof inventory>[0] & { readonly silent?: boolean } = {}): Promise<DeviceId> {
    const index = ++this.#devices
    const id = deviceId(index)
    const name = facts.name ?? `device-${index}`
    const token = { id: `t${index}`, project: PROJECT, secretSha256: 's', labels: {}, createdAtMs: 1, revoked: false }
    await this.store.addEnrolmentToken({ ...token, expiresAtMs: Number.MAX_SAFE_INTEGER, uses: 1, usesLeft: 1 }, AUDIT)
    const enrolled = await this.store.enrol({
      token: token.id,
      secretSha256: 's',
      device: id,
      name,
      labels: facts.labels ?? {},
      certificate: { serial: `0${index}`, issuedAtMs: 1, expiresAtMs: Number.MAX_SAFE_INTEGER },
      atMs: 1,
    })
    if (!enrolled.ok) throw new Error('the device could not enrol')
    if (facts.silent) return id
    this.bus.say(topics.presence(id), { state: 'online', session: { certificate: 1, start: 1 } })
    this.hello(id, inventory(facts))
    await waitUntil(async () => (await this.store.device(id))?.inventory !== undefined, `${name} is known`)
    return id
  }

  hello(device: DeviceId, facts: Inventory): void {
    this.bus.say(topics.inventory(device), facts)
  }

  /** The newest desired state that was published to the device. */
  desired(device: DeviceId): DesiredState | undefined {
    const envelope = this.bus.on(topics.desired(device)).at(-1) as { payload: string } | undefined
    if (envelope === undefined) return undefined
    const state = readDesiredState(JSON.parse(Buffer.from(envelope.payload, 'base64').toString()))
    if (!state.ok) throw new Error(state.message)
    return state.value
  }

  /** The device reports that it runs all it should. */
  report(device: DeviceId, over: Record<string, unknown> = {}): void {
    const state = this.desired(device)
    this.bus.say(topics.reported(device), {
      session: { certificate: 1, start: 1 },
      atMs: Date.now(),
      ...(state && { generation: state.generation }),
      trustVersion: 1,
      instances: (state?.instances ?? []).map(({ id, revision, realisation, components }) => ({
        id,
        revision,
        realisation,
        digest: components[0]?.digest,
        state: 'running',
        healthy: true,
        sinceMs: 1,
        restarts: 0,
      })),
      outbox: { stream: 's-aaaaaaaaaaaaaaaa', offered: 0, accepted: 0, held: 0, heldBytes: 0, lost: 0 },
      ...over,
    })
  }
}

export function componentRow(version: ComponentVersion): ComponentRow {
  return { ...version, project: PROJECT, publisher: 'test', wit: '', pushedAtMs: 1 }
}

/** A manifest as text. */
export function deploymentManifest(name: string, spec: string): string {
  return `apiVersion: ocelli/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec:\n${spec.trimEnd().replace(/^/gm, '  ')}\n`
}

export const MOTION = deploymentManifest(
  'moves',
  `
realisations: [{ name: main, component: motion@1.0.0 }]
grants: [frames, measurements]`,
)
