/**
 * The control plane. `createServerCore` is the part that decides: deterministic but for its ports, so the simulation
 * runs it as it is. `createServer` puts the HTTP API in front of it.
 */

import type { Retention } from '@ocelli/schemas/api/alert'
import type { ApplyRequest, ApplyResponse, PlanRequest, PlanResponse } from '@ocelli/schemas/api/change'
import type { CommandInfo, SendCommand } from '@ocelli/schemas/api/command'
import type { RolloutEffect, RolloutVerb } from '@ocelli/schemas/api/rollout'
import type { Status } from '@ocelli/schemas/api/status'
import { parseCommandId } from '@ocelli/schemas/ids'
import { parseTopic } from '@ocelli/schemas/topics'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { applyChanges } from './actions/apply-changes.ts'
import { askRollout } from './actions/ask-rollout.ts'
import type { Caller } from './actions/caller.ts'
import type { ActionContext, IdentityContext } from './actions/context.ts'
import { createDecided } from './actions/decided.ts'
import { deleteDevice, revokeDevice } from './actions/devices.ts'
import { approveChange, rejectChange } from './actions/pending-changes.ts'
import { planChanges } from './actions/plan-changes.ts'
import { sendCommand } from './actions/send-command.ts'
import { createTurns } from './actions/turns.ts'
import type { LiveBackups } from './backup/live.ts'
import type { AccessTokenRow } from './domain/records.ts'
import type { Refusal } from './domain/refusal.ts'
import { createHttpApp } from './http/app.ts'
import type { ConsoleFiles } from './http/console.ts'
import { createHandlers } from './http/handlers/index.ts'
import { createHealth } from './http/health.ts'
import { createIngestRate } from './http/ingest-rate.ts'
import { createMetrics, type MetricsPorts } from './http/metrics.ts'
import { createReadiness, type ReadinessCheck } from './http/readiness.ts'
import { createStreams } from './http/stream/streams.ts'
import { createNames } from './http/views/names.ts'
import { createLocalTime } from './local-time.ts'
import { type Log, SILENT } from './log.ts'
import { type Alerts, createAlerts } from './loops/alerts.ts'
import { createCommands } from './loops/commands.ts'
import { createFacts } from './loops/facts.ts'
import { createImages, type Images } from './loops/images.ts'
import { createIngest, type Ingest } from './loops/ingest.ts'
import { createLeadership } from './loops/leadership.ts'
import type { Loop } from './loops/loop.ts'
import { createProblems, type Problems } from './loops/problems.ts'
import { createPublish } from './loops/publish.ts'
import { createReplan } from './loops/replan.ts'
import { createRetention, RETENTION } from './loops/retention.ts'
import { createRollouts } from './loops/rollout.ts'
import { createRollups } from './loops/rollups.ts'
import { type RevocationRefresh, startUpkeep } from './loops/upkeep.ts'
import { createWebhooks, type SendWebhook } from './loops/webhooks.ts'
import type { Bus, BusMessage, Clock, Hash, Random, Signer } from './ports.ts'
import { type ClassIndex, createClassIndex } from './scheduler/schedule.ts'
import type { Store } from './store/store.ts'

export interface CorePorts {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly random: Random
  readonly signer: Signer
  readonly hash: Hash
  readonly log?: Log
  /** Absent where there are no certificates. */
  readonly revocations?: RevocationRefresh
  /** How long history is kept, where it differs from the defaults and a project says nothing else. */
  readonly retention?: Partial<Retention>
  /** Absent where alerts are shown and nobody is told. */
  readonly sendWebhook?: SendWebhook
  readonly alerts?: { readonly graceMs?: number; readonly retryPausesMs?: readonly number[] }
  /** Called when this process takes or loses the lead. */
  readonly onLead?: (leads: boolean) => void
}

/** What an operator can ask, in process. Each call is checked and audited as over HTTP, but for the caller's role. */
export interface ServerApi {
  plan(caller: Caller, request: PlanRequest): Promise<PlanResponse | Refusal>
  apply(caller: Caller, request: ApplyRequest): Promise<ApplyResponse | Refusal>
  approve(caller: Caller, change: string): Promise<ApplyResponse | Refusal>
  reject(caller: Caller, change: string): Promise<Refusal | undefined>
  askRollout(caller: Caller, name: string, verb: RolloutVerb, dryRun: boolean): Promise<RolloutEffect | Refusal>
  deleteDevice(caller: Caller, device: string): Promise<ApplyResponse | Refusal>
  revokeDevice(caller: Caller, device: string): Promise<readonly string[] | Refusal>
  sendCommand(caller: Caller, device: string, command: SendCommand): Promise<CommandInfo | Refusal>
}

export interface ServerCore {
  /** Takes the lead if it can and opens the bus. Rejects where the store cannot be reached. */
  start(): Promise<void>
  /** Ends the loops and resigns. The ports stay open: who made them closes them. */
  stop(): Promise<void>
  readonly api: ServerApi
  readonly context: ActionContext
  readonly problems: Problems
  readonly images: Images
  readonly counts: Ingest['counts']
  isLeader(): boolean
  busIsUp(): boolean
  /** When an alert rule was last looked at by this process. */
  readonly alertEvaluatedAtMs: Alerts['evaluatedAtMs']
}

/** Distinct kinds of devices that are remembered between plans; more are read anew. */
const MAX_CLASSES = 4096

export function createServerCore(ports: CorePorts): ServerCore {
  const { store, bus, clock, random, signer, hash, log = SILENT } = ports
  const isLeader = () => leadership.isLeader()
  const problems = createProblems(clock)
  const images = createImages(clock, problems)
  const commands = createCommands({ bus, clock, random, problems })
  const ingest = createIngest({ store, bus, clock, problems, log })
  const publish = createPublish({ store, bus, clock, signer, log, problems, isLeader })
  let classes: ClassIndex = createClassIndex()
  let upkeep: Loop | undefined
  let busUp = false
  let stopped = false

  const context: ActionContext = {
    store,
    bus,
    clock,
    random,
    hash,
    commands,
    decided: createDecided(),
    turns: createTurns(),
    localTime: createLocalTime(),
    classes() {
      if (classes.size > MAX_CLASSES) classes = createClassIndex()
      return classes
    },
    holdTelling: () => publish.hold(),
    wake: {
      publish: () => publish.wake(),
      alerts: () => alerts.wake(),
      webhooks: () => webhooks?.wake(),
      rollout: () => rollouts.wake(),
      rest: () => rollouts.restDue(),
      upkeep: () => upkeep?.wake(),
      replan: () => replan.wake(),
      async deviceGone(device) {
        problems.forget(device)
        images.forget(device)
        upkeep?.wake()
        await bus.disconnect(device)
        await publish.forget(device)
      },
    },
  }
  const replan = createReplan({ context, log, isLeader })
  const rollouts = createRollouts({ context, log, isLeader })
  const facts = createFacts({
    store,
    clock,
    log,
    problems,
    isLeader,
    onFactsChanged: (device) => replan.factsChanged(device),
    onPresence(device, { state }) {
      alerts.deviceChanged()
      replan.presenceChanged()
      rollouts.deviceChanged()
      if (state === 'online') publish.tell(device)
    },
    onReported(device, reported) {
      alerts.deviceChanged()
      publish.answered(device, reported)
      rollouts.deviceChanged()
    },
  })
  const leadership = createLeadership({
    store,
    clock,
    log,
    onChange(leads) {
      ports.onLead?.(leads)
      leadsSinceMs = leads ? clock.wallMs() : undefined
      if (leads) alerts.wake()
      if (!leads) return
      facts.forgetPresence()
      publish.tellAll()
      replan.wake()
      rollouts.wake()
    },
  })
  let leadsSinceMs: number | undefined
  let busUpSinceMs: number | undefined
  const webhooks =
    ports.sendWebhook &&
    createWebhooks({
      store,
      clock,
      log,
      isLeader,
      send: ports.sendWebhook,
      ...(ports.alerts?.retryPausesMs !== undefined && { pausesMs: ports.alerts.retryPausesMs }),
    })
  const alerts = createAlerts({
    context,
    log,
    isLeader,
    listeningSinceMs: () =>
      leadsSinceMs === undefined || busUpSinceMs === undefined ? undefined : Math.max(leadsSinceMs, busUpSinceMs),
    ...(ports.alerts?.graceMs !== undefined && { graceMs: ports.alerts.graceMs }),
    onMessages: () => webhooks?.wake(),
  })
  const rollups = createRollups({ store, clock, log, isLeader, onSums: alerts.sumsChanged })
  const retention = createRetention({ store, clock, log, isLeader, defaults: { ...RETENTION, ...ports.retention } })
  let endIntent = () => {}

  const onMessage = ({ topic, payload }: BusMessage) => {
    const address = parseTopic(topic)
    if (address === undefined || stopped) return
    const { device, kind, rest } = address
    if (kind === 'telemetry') ingest.take(device, payload)
    else if (kind === 'image') images.take(device, rest, payload)
    else if (kind === 'presence' || kind === 'inventory' || kind === 'reported') facts.take(device, kind, payload)
    else if (kind === 'result') {
      const id = parseCommandId(rest[0] ?? '')
      if (id !== undefined) commands.take(device, id, payload)
    }
  }

  return {
    context,
    problems,
    images,
    counts: ingest.counts,
    isLeader,
    alertEvaluatedAtMs: alerts.evaluatedAtMs,
    busIsUp: () => busUp,
    api: {
      plan: (caller, request) => planChanges(context, caller, request),
      apply: (caller, request) => applyChanges(context, caller, request),
      approve: (caller, change) => approveChange(context, caller, change),
      reject: (caller, change) => rejectChange(context, caller, change),
      askRollout: (caller, name, verb, dryRun) => askRollout(context, caller, name, verb, dryRun),
      deleteDevice: (caller, device) => deleteDevice(context, caller, device),
      revokeDevice: (caller, device) => revokeDevice(context, caller, device),
      sendCommand: (caller, device, command) => sendCommand(context, caller, device, command),
    },
    async start() {
      if (ports.revocations !== undefined) {
        await ports.revocations.refresh()
        upkeep = startUpkeep({ revocations: ports.revocations, bus, clock, log })
      }
      await leadership.check()
      endIntent = store.onIntent(() => {
        publish.wake()
        // Another replica may have made a rollout.
        rollouts.wake()
      })
      await bus.open({
        onMessage,
        onUp() {
          busUp = true
          busUpSinceMs = clock.wallMs()
          if (!stopped) publish.tellAll()
        },
        onDown(reason) {
          busUp = false
          busUpSinceMs = undefined
          log.warn({ reason }, 'the broker cannot be reached')
          if (!stopped) facts.brokerGone()
        },
      })
    },
    async stop() {
      stopped = true
      endIntent()
      commands.stop()
      await Promise.all([
        rollups.stop(),
        retention.stop(),
        ingest.stop(),
        facts.stop(),
        replan.stop(),
        rollouts.stop(),
        publish.stop(),
        alerts.stop(),
        webhooks?.stop(),
        upkeep?.stop(),
      ])
      await leadership.stop()
    },
  }
}

export interface ServerPorts extends Omit<CorePorts, 'log'> {
  readonly log: FastifyBaseLogger
  readonly identity: IdentityContext
  /** The row of a valid access token. */
  readonly checkToken: (text: string) => Promise<AccessTokenRow | undefined>
  /** Of the embedded broker, for the metrics. */
  readonly handshakes?: NonNullable<MetricsPorts['handshakes']>
  /** Beside database and broker, for instance the broker's access rules. */
  readonly checks?: readonly ReadinessCheck[]
  /** Absent where the data cannot be backed up: in memory. */
  readonly backups?: LiveBackups
  /** The web console's files; absent where the API is served alone. */
  readonly console?: ConsoleFiles
}

export interface ServerConfig {
  readonly version: string
  /** Where the HTTP API listens; port 0: any free one. */
  readonly http: { readonly host: string; readonly port: number }
  readonly database: 'memory' | 'pglite' | 'postgresql'
  /** Addresses as devices reach them. */
  readonly deviceUrl?: string
  readonly mqttUrl?: string
}

export interface Server {
  /** Resolves when it serves; answers the address of the API. */
  start(): Promise<{ readonly url: string }>
  stop(): Promise<void>
  readonly core: ServerCore
  readonly app: FastifyInstance
}

export function createServer(ports: ServerPorts, config: ServerConfig): Server {
  const { store, clock, log } = ports
  const core = createServerCore(ports)
  const startedAtMs = clock.wallMs()
  const names = createNames(store, clock)
  const streams = createStreams({ actions: core.context, names, clock, log })
  const readiness = createReadiness({ store, busIsUp: core.busIsUp, checks: ports.checks ?? [] })
  const rate = createIngestRate(clock, () => core.counts.records)
  const health = createHealth(clock)
  const metrics = createMetrics({
    core,
    streams,
    store,
    clock,
    version: config.version,
    recordsPerSecond: rate.perSecond,
    ...(ports.handshakes !== undefined && { handshakes: ports.handshakes }),
  })
  const serverStatus = async (): Promise<Pick<Status, 'server' | 'telemetry'>> => ({
    server: {
      version: config.version,
      startedAtMs,
      nowMs: clock.wallMs(),
      development: (await ports.identity.trust.current())?.document.development ?? false,
      leader: core.isLeader(),
      epoch: await store.epoch(),
      broker: core.busIsUp() ? 'up' : 'down',
      database: config.database,
      ...(config.deviceUrl !== undefined && { deviceUrl: config.deviceUrl }),
      ...(config.mqttUrl !== undefined && { mqttUrl: config.mqttUrl }),
    },
    telemetry: { ...core.counts, recordsPerSecond: rate.perSecond(), history: rate.history() },
  })
  const app = createHttpApp({
    log,
    async authenticate(token) {
      const row = await ports.checkToken(token)
      return row && { project: row.project, actor: row.name, tokenId: row.id, role: row.role }
    },
    handlers: createHandlers({
      actions: core.context,
      identity: ports.identity,
      problems: core.problems,
      images: core.images,
      names,
      evaluatedAtMs: core.alertEvaluatedAtMs,
      retention: { ...RETENTION, ...ports.retention },
      serverStatus,
      ...(ports.backups !== undefined && { backups: ports.backups }),
    }),
    stream: streams.serve,
    health: health.answer,
    readiness,
    metrics,
    ...(ports.console !== undefined && { console: ports.console }),
  })
  return {
    core,
    app,
    async start() {
      await core.start()
      const url = await app.listen({ host: config.http.host, port: config.http.port })
      return { url }
    },
    async stop() {
      health.stop()
      await Promise.all([streams.stop(), rate.stop()])
      await app.close()
      await core.stop()
    },
  }
}
