/** Puts a whole control plane together on real ports: database, authority, broker, listeners, HTTP API. */
import { createHash, type KeyObject, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ErrorCode, OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, type ProjectId, parseDeviceId } from '@ocelli/schemas/ids'
import { keyIdOf } from '@ocelli/schemas/signing'
import type { FastifyBaseLogger } from 'fastify'
import type { IdentityContext } from './actions/context.ts'
import { createAdmission } from './artifacts/admission.ts'
import { pushComponent } from './artifacts/push-component.ts'
import { createLiveBackups } from './backup/live.ts'
import { ensureAdminToken } from './bootstrap.ts'
import { createConsole } from './http/console.ts'
import { createDeviceListener } from './http/device/device-listener.ts'
import { checkAccessToken, makeAccessToken } from './identity/access-tokens.ts'
import {
  type Authority,
  keepServerLeaf,
  openAuthority,
  RENEWAL_GRACE_MS,
  type ServerLeaf,
} from './identity/authority.ts'
import { openDesiredSigner } from './identity/desired-signer.ts'
import { makeDevelopmentTrust } from './identity/development-trust.ts'
import { createEnrolment, makeEnrolmentToken, newDeviceId } from './identity/enrolment.ts'
import { developmentOperatorKey, type KeyFiles, openKeyFiles, sealingKey } from './identity/key-files.ts'
import { publicKeyText, readPublicKey } from './identity/keys.ts'
import { createRevocations, type Revocations } from './identity/revocation.ts'
import { watchRoots } from './identity/roots.ts'
import { createSealer } from './identity/sealing.ts'
import { openTrust, type TrustKeeper, verifyComponent } from './identity/trust.ts'
import { createWebhookSecrets } from './identity/webhook-secrets.ts'
import type { MainOptions } from './main-options.ts'
import { brokerConfig } from './mqtt/broker-config.ts'
import { createEmbeddedBroker, type Refusal } from './mqtt/embedded-broker.ts'
import { createExternalBus } from './mqtt/external-bus.ts'
import { type IsolationCheck, startIsolationCheck } from './mqtt/isolation-check.ts'
import { probeIsolation } from './mqtt/probe-isolation.ts'
import type { Bus, Clock, Random } from './ports.ts'
import { createServer, type Server } from './server.ts'
import { openPgliteStore } from './store/pglite.ts'
import { openPostgresStore } from './store/postgres.ts'
import type { SqlStore } from './store/sql/sql-store.ts'
import type { Store } from './store/store.ts'
import { sendWebhook } from './webhooks/sender.ts'

const VERSION = '0.1.0'
const PROJECT = 'default' as ProjectId
/** Written by `npm run build:console`. */
const CONSOLE_FOLDER = join(import.meta.dirname, '../console/dist')
/** Longest time for one step of the probe of an external broker. */
const PROBE_TIMEOUT_MS = 5_000

export interface RunningServer {
  /** Address of the API. */
  readonly url: string
  readonly deviceUrl: string
  readonly mqttUrl: string
  /** File with the administrator's token; `created` is its text where this start made it. */
  readonly adminToken: { readonly file: string; readonly created: string | undefined }
  readonly server: Server
  /** Ends everything in order; resolves when the data can be opened by another process. */
  stop(): Promise<void>
}

export const SYSTEM_CLOCK: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, fn) {
    const timer = setTimeout(fn, delayMs)
    return () => clearTimeout(timer)
  },
}

const SYSTEM_RANDOM: Random = { bytes: (_purpose, count) => randomBytes(count) }

/**
 * Rejects with OcelliError `storage.locked`, `database.newer`, `database.version` or `flag.invalid`; what was opened
 * until then is closed.
 */
export async function openServer(options: MainOptions, log: FastifyBaseLogger): Promise<RunningServer> {
  const opened: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    return await open(options, log, opened, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function open(
  options: MainOptions,
  log: FastifyBaseLogger,
  opened: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<RunningServer> {
  const [clock, random] = [SYSTEM_CLOCK, SYSTEM_RANDOM]
  const dataDir = resolve(options.dataDir)
  const store = await openStore(options, dataDir)
  opened.push(() => store.close())

  const keyFiles = openKeyFiles(join(dataDir, 'keys'))
  const sealer = createSealer(sealingKey(keyFiles, random), random)
  const authority = await openAuthority({ store, sealer, keyFiles, clock, random })
  const trust = openTrust(store, sealer)
  const webhookSecrets = createWebhookSecrets(sealer, random)
  const { signer, publicKey: serverKey } = await openDesiredSigner(store, sealer)
  await prepareTrust(options, { keyFiles, trust, serverKey, clock, store })
  const revocations = createRevocations(store, clock)
  await revocations.refresh()

  const leaves = createLeaves()
  const { leaf, stop: stopLeaf } = await keepServerLeaf(authority, clock, certificateNames(options), leaves.use)
  opened.push(stopLeaf)
  leaves.use(leaf)
  const presentAnew = async () => leaves.use(await authority.issueServer(certificateNames(options)))
  opened.push(watchRoots(authority, clock, presentAnew))

  let server: Server | undefined
  const broker = await openBroker(options, {
    authority,
    revocations,
    leaves,
    clock,
    random,
    onRefused(refusal) {
      log.warn({ ...refusal }, 'the broker refused a client')
      const { code, device } = problemOf(refusal)
      server?.core.problems.add(device, 'connection', code, `${refusal.reason}: ${refusal.detail}`)
    },
    onClone(device) {
      log.warn({ device }, 'one certificate is used by two devices at once')
      const message = 'one certificate is used by two devices at once: revoke it and enrol the real one anew'
      server?.core.problems.add(device, 'connection', 'request.conflict', message)
    },
  })
  opened.push(() => broker.bus.close())
  const isolation = checkIsolation(options, { authority, leaves, clock, random }, log)
  opened.push(() => isolation?.stop())

  const enrolment = createEnrolment({ store, authority, trust, clock, random, mqttUrl: broker.mqttUrl })
  const listener = await createDeviceListener({
    host: options.listen,
    port: options.devicePort,
    leaf,
    clientAuthorities: authority.clientAuthorities,
    enrolment,
    store,
    clock,
    onRefused: ({ code, path, cause }) => {
      if (cause === undefined) log.warn({ code, path }, 'a request of a device was refused')
      else log.error({ code, path, err: cause }, 'a request of a device failed')
    },
    onEnrolled(device, project) {
      log.info({ device }, 'a device enrolled')
      // It may have taken the place of one whose connection must end now.
      server?.core.context.wake.upkeep()
      server?.core.context.wake.replan(project)
    },
  })
  leaves.onLeaf((next) => listener.useLeaf(next))
  opened.push(() => listener.close())
  const deviceUrl = `https://${urlHost(options.hosts[0])}:${listener.port}`

  const admission = createAdmission()
  opened.push(() => admission.close())
  server = createServer(
    {
      store,
      bus: broker.bus,
      clock,
      random,
      signer,
      hash: (bytes) => createHash('sha256').update(bytes).digest(),
      log,
      revocations,
      retention: options.retention,
      sendWebhook: (receiver, message) => {
        const secret = webhookSecrets.open(receiver.project, receiver.name, receiver.sealed)
        return sendWebhook({ ...message, url: receiver.url, secret })
      },
      onLead: broker.onLead,
      ...(broker.handshakes !== undefined && { handshakes: broker.handshakes }),
      checks: isolation === undefined ? [] : [isolation],
      backups: createLiveBackups({ database: store.database, dataDir, version: VERSION, clock }),
      console: createConsole(CONSOLE_FOLDER),
      checkToken: (text) => checkAccessToken(store, text, clock.wallMs()),
      identity: {
        ...publishing(store, trust, admission),
        admission,
        makeWebhookSecret: webhookSecrets.make,
        makeAccessToken: (fields) => makeAccessToken(random, fields),
        makeEnrolmentToken: (fields) =>
          makeEnrolmentToken(random, { ...fields, url: deviceUrl, rootSha256: authority.rootSha256 }),
        trust: trustContext(trust, serverKey),
        roots: rootsContext(authority, clock, presentAnew),
        brokerConfig: brokerConfigMaker(authority, revocations),
      },
    },
    {
      version: VERSION,
      http: options.http,
      database: options.databaseUrl === undefined ? 'pglite' : 'postgresql',
      deviceUrl,
      mqttUrl: broker.mqttUrl,
    },
  )
  opened.push(server.stop)
  const adminToken = await ensureAdminToken({ store, clock, random, project: PROJECT, dataDir })
  const { url } = await server.start()
  return { url, deviceUrl, mqttUrl: broker.mqttUrl, adminToken, server, stop }
}

function openStore({ databaseUrl }: MainOptions, dataDir: string): Promise<SqlStore> {
  return databaseUrl === undefined ? openPgliteStore({ dataDir }) : openPostgresStore({ url: databaseUrl })
}

/** The newest server certificate, for all who present it. */
interface Leaves {
  use(leaf: ServerLeaf): void
  current(): ServerLeaf
  onLeaf(listener: (leaf: ServerLeaf) => void): void
}

function createLeaves(): Leaves {
  let held: ServerLeaf | undefined
  const listeners: ((leaf: ServerLeaf) => void)[] = []
  return {
    use(leaf) {
      held = leaf
      for (const listener of listeners) listener(leaf)
    },
    current() {
      if (held === undefined) throw new Error('asked for a certificate before there was one')
      return held
    },
    onLeaf: (listener) => void listeners.push(listener),
  }
}

interface BrokerDeps {
  readonly authority: Authority
  readonly revocations: Revocations
  readonly leaves: Leaves
  readonly clock: Clock
  readonly random: Random
  readonly onRefused: (refusal: Refusal) => void
  readonly onClone: (device: DeviceId) => void
}

async function openBroker(options: MainOptions, deps: BrokerDeps) {
  const { authority, revocations, leaves, clock, random, onRefused, onClone } = deps
  if (options.mqttUrl !== undefined) {
    const { mqttUrl, telemetry } = options
    const bus = createExternalBus({
      url: mqttUrl,
      leaf: leaves.current,
      // Asked for at each connect: the broker may come back with a certificate of the next root.
      get authorities() {
        return authority.roots
      },
      telemetry,
      clock,
      random,
    })
    const onLead = (leads: boolean) => void bus.lead(leads)
    return { bus: bus as Bus, mqttUrl: options.deviceMqttUrl ?? mqttUrl, onLead, handshakes: undefined }
  }
  const broker = await createEmbeddedBroker({
    host: options.listen,
    port: options.mqttPort,
    leaf: leaves.current(),
    clientAuthorities: authority.clientAuthorities,
    isRevoked: revocations.isRevoked,
    onClone,
    onRefused,
    clock,
  })
  leaves.onLeaf((leaf) => broker.useLeaf(leaf))
  return {
    bus: broker as Bus,
    mqttUrl: `mqtts://${urlHost(options.hosts[0])}:${broker.port}`,
    onLead: () => {},
    handshakes: () => broker.handshakes,
  }
}

/** An external broker is configured by others: whether it keeps devices apart is asked, not believed. */
function checkIsolation(
  options: MainOptions,
  deps: Pick<BrokerDeps, 'authority' | 'leaves' | 'clock' | 'random'>,
  log: FastifyBaseLogger,
): IsolationCheck | undefined {
  const { mqttUrl, deviceMqttUrl = mqttUrl } = options
  if (mqttUrl === undefined || deviceMqttUrl === undefined) return undefined
  const { authority, leaves, clock, random } = deps
  const canary = () => authority.issueCanary(newDeviceId(random))
  const probe = async () =>
    probeIsolation({
      deviceUrl: deviceMqttUrl,
      serverUrl: mqttUrl,
      authorities: authority.roots,
      server: leaves.current(),
      canaries: [await canary(), await canary()],
      random,
      timeoutMs: PROBE_TIMEOUT_MS,
    })
  return startIsolationCheck(probe, clock, ({ breaches, unclear }) =>
    log.warn({ breaches, unclear }, 'the broker was asked whether it keeps devices apart'),
  )
}

interface TrustDeps {
  readonly keyFiles: KeyFiles
  readonly trust: TrustKeeper
  readonly serverKey: KeyObject
  readonly clock: Clock
  readonly store: Store
}

/** Pins the operator's key at the first start; in development makes it, with a publisher and the first document. */
async function prepareTrust(options: MainOptions, deps: TrustDeps): Promise<void> {
  const { keyFiles, trust, serverKey, clock } = deps
  if (options.operatorKeyFile !== undefined) await trust.pin(readOperatorKey(options.operatorKeyFile))
  if (!options.development) return
  const operator = developmentOperatorKey(keyFiles)
  await trust.pin(operator)
  if ((await trust.current()) !== undefined) return
  const atMs = clock.wallMs()
  const envelope = makeDevelopmentTrust({ keyFiles, operator, serverKey, project: PROJECT, atMs })
  await trust.adopt(envelope, { actor: 'ocelli', atMs })
}

/** Throws OcelliError `flag.invalid`. */
function readOperatorKey(file: string): KeyObject {
  const text = readFileSync(file, 'utf8')
  const key = readPublicKey(text.replace(/-----[A-Z ]+-----/g, '').replaceAll(/\s/g, ''))
  if (key === undefined) {
    throw new OcelliError('flag.invalid', `--operator-key ${file}: no Ed25519 public key (PEM, or SPKI DER in base64)`)
  }
  return key
}

function publishing(
  store: Store,
  trust: TrustKeeper,
  admission: IdentityContext['admission'],
): Pick<IdentityContext, 'verifyComponent' | 'push'> {
  const publishers = async () => (await trust.current())?.document ?? { publishers: [] }
  return {
    verifyComponent: async (envelope) => verifyComponent(envelope, await publishers()),
    async push(request) {
      const document = await publishers()
      return pushComponent(store, admission, (envelope) => verifyComponent(envelope, document), request)
    },
  }
}

function trustContext(trust: TrustKeeper, serverKey: KeyObject): IdentityContext['trust'] {
  const shown = (key: KeyObject) => ({ keyId: keyIdOf(key), publicKey: publicKeyText(key) })
  return {
    async current() {
      const current = await trust.current()
      return current && { document: current.document, envelope: current.row.envelope }
    },
    adopt: (envelope, audit) => trust.adopt(envelope, audit),
    async operatorKey() {
      const key = await trust.operatorKey()
      return key && shown(key)
    },
    serverKey: () => shown(serverKey),
  }
}

function rootsContext(
  authority: Authority,
  clock: Clock,
  presentAnew: () => Promise<void>,
): NonNullable<IdentityContext['roots']> {
  return {
    state: () => ({
      current: authority.rootSha256,
      next: authority.next,
      renewableAfterMs: clock.wallMs() - RENEWAL_GRACE_MS,
    }),
    async rotate(audit) {
      const keyFile = await authority.rotate(audit)
      await presentAnew()
      return keyFile
    },
    async retire(audit) {
      await authority.retire(audit)
      await presentAnew()
    },
  }
}

function brokerConfigMaker(
  authority: Authority,
  revocations: Revocations,
): NonNullable<IdentityContext['brokerConfig']> {
  return async ({ kind, directory, listen, devicePort, serverPort, names }) => {
    await revocations.refresh()
    const [leaf, revocationList] = await Promise.all([
      authority.issueBroker(names),
      authority.revocationList(revocations.all()),
    ])
    const files = { authorities: authority.clientAuthorities, leaf, revocationList }
    const made = brokerConfig(kind, { directory, host: listen, devicePort, serverPort, files })
    return { files: [...made], expiresAtMs: leaf.expiresAtMs }
  }
}

const PROBLEM_CODES: Record<Refusal['reason'], ErrorCode> = {
  revoked: 'certificate.revoked',
  certificate: 'certificate.invalid',
  clientId: 'auth.forbidden',
  persistentSession: 'auth.forbidden',
  publish: 'auth.forbidden',
  subscribe: 'auth.forbidden',
  will: 'auth.forbidden',
  packetSize: 'message.tooLarge',
  malformed: 'message.malformed',
  slow: 'server.busy',
}

function problemOf({ client, reason }: Refusal): { readonly code: ErrorCode; readonly device: DeviceId | undefined } {
  return { code: PROBLEM_CODES[reason], device: parseDeviceId(client) }
}

function certificateNames({ hosts }: MainOptions): readonly string[] {
  return [...new Set([...hosts, 'localhost', '127.0.0.1'])]
}

/** IPv6 addresses stand in brackets within a URL. */
function urlHost(host = 'localhost'): string {
  return host.includes(':') ? `[${host}]` : host
}
