/**
 * The agent: makes desired state true on one device and reports. It knows the world only through its ports, so the
 * same code runs on a board, in the simulator and in the deterministic simulation.
 */

import { ALL_FEATURES } from '@ocelli/schemas/features'
import type { DeviceId } from '@ocelli/schemas/ids'
import { parseCommandId } from '@ocelli/schemas/ids'
import type { DesiredInstance, DesiredState } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { Generation } from '@ocelli/schemas/messages/generation'
import { MAX_IMAGE_BYTES } from '@ocelli/schemas/messages/index'
import { type Inventory, inventory } from '@ocelli/schemas/messages/inventory'
import { type Presence, presence } from '@ocelli/schemas/messages/presence'
import { type Reported, type ReportedInstance, reported } from '@ocelli/schemas/messages/reported'
import { ack } from '@ocelli/schemas/messages/telemetry'
import { parseTopic, topics } from '@ocelli/schemas/topics'
import { providedInterfaces } from './capability/interfaces.ts'
import { Renewal } from './identity/renewal.ts'
import { Announcer } from './link/announcer.ts'
import { Commands, IMAGE_NAME } from './link/commands.ts'
import { Outbox, type RecordStamp } from './link/outbox.ts'
import { Reporter } from './link/reporter.ts'
import type { AgentPorts, LinkMessage, LinkSession } from './ports.ts'
import { Runner } from './run/runner.ts'
import { recordOf, taskRecord } from './run/stamp.ts'
import type { Output } from './runtime/host.ts'
import { GroupCommit } from './storage/group-commit.ts'
import { DesiredGate } from './trust/desired-gate.ts'
import { DesiredKeeper, TrustKeeper } from './trust/keeper.ts'

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
  /** How often retained topics are sent again although nothing changed. Default 2 min. */
  readonly refreshMs?: number
  /** Features that desired state may require. Default: all that this agent has. */
  readonly features?: readonly string[]
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

const encoder = new TextEncoder()

/** Key of the start counter in the store. */
const START = 'start'
/** Longest wait for the broker to take the goodbye. */
const GOODBYE_MS = 2000

/** Makes an agent on its ports; nothing happens before `start`. One agent is started once. */
export function createAgent(ports: AgentPorts, config: AgentConfig): Agent {
  return new OcelliAgent(ports, config)
}

class OcelliAgent implements Agent {
  readonly #ports: AgentPorts
  readonly #config: AgentConfig
  readonly #device: DeviceId
  readonly #start: number
  readonly #commit: GroupCommit
  readonly #outbox: Outbox
  readonly #trust: TrustKeeper
  readonly #desired: DesiredKeeper
  readonly #gate: DesiredGate
  readonly #runner: Runner
  readonly #announcer: Announcer
  readonly #reporter: Reporter
  readonly #commands: Commands
  readonly #renewal: Renewal
  readonly #listeners = new Set<() => void>()
  #session: LinkSession | undefined
  #up = false
  #leaveImagers: (() => void) | undefined
  #reportedKey = ''
  #lastReport: Reported | undefined
  #stopping: Promise<void> | undefined

  constructor(ports: AgentPorts, config: AgentConfig) {
    const { clock, random, crypto, identity, store, source, log } = ports
    this.#ports = ports
    this.#config = config
    this.#device = identity.current().device
    this.#start = Number(store.get(START) ?? 0) + 1
    this.#commit = new GroupCommit(store, clock, log, config.commitWithinMs ?? 1000)
    this.#outbox = new Outbox({
      store,
      clock,
      random,
      commit: this.#commit,
      maxBytes: config.outboxBytes ?? 64 * 1024 * 1024,
      resendMs: config.resendMs ?? 10_000,
      stamp: () => this.#stamp(),
      send: (batch) => this.#publish(topics.telemetry(this.#device), encoder.encode(batch), 1, false),
      onChange: () => this.#notify(),
    })
    this.#trust = new TrustKeeper(store, crypto, identity)
    this.#desired = new DesiredKeeper(store, crypto, identity, this.#trust)
    this.#runner = new Runner({
      ports,
      commit: this.#commit,
      features: config.features ?? ALL_FEATURES,
      trust: () => this.#trust.document,
      onOutput: (spec, output) => this.#takeOutput(spec, output),
      onTask: (spec, exitCode) => void this.#outbox.offer(taskRecord(spec, exitCode, this.#stamp())),
      onChange: () => this.#changed(),
    })
    this.#gate = new DesiredGate({
      clock,
      log,
      source,
      trust: this.#trust,
      desired: this.#desired,
      onDesired: (state) => this.#apply(state),
      onTrust: () => this.#runner.trustChanged(),
      onChange: () => this.#changed(),
    })
    this.#announcer = new Announcer({
      clock,
      send: (topic, payload) =>
        this.#session?.publish(topic, payload, { qos: 1, retained: true }) ?? Promise.resolve(false),
    })
    this.#reporter = new Reporter({
      clock,
      random,
      numbersChanged: () => numbersOf(this.#reported()) !== (this.#lastReport && numbersOf(this.#lastReport)),
      publish: () => this.#announcer.say(topics.reported(this.#device), () => this.#report()),
      refreshMs: config.refreshMs ?? 120_000,
      refresh: () => this.#introduce(),
    })
    this.#commands = new Commands({
      clock,
      log,
      start: this.#start,
      targets: this.#runner,
      answer: (id, payload) => this.#publish(topics.result(this.#device, id), payload, 1, false),
    })
    this.#renewal = new Renewal({ clock, random, log, identity, onRenewed: () => this.#renewed() })
  }

  async start(): Promise<void> {
    const { store, imagers, log } = this.#ports
    store.write((writes) => writes.put(START, String(this.#start)))
    log('info', `device ${this.#device}, start ${this.#start}`)
    const restored = this.#desired.restore()
    if (restored?.ok) this.#apply(restored.value)
    else if (restored)
      log('warn', `the last desired state is not believed any more: ${restored.code}: ${restored.message}`)
    this.#leaveImagers = imagers.onChange(() => {
      this.#runner.imagersChanged()
      if (this.#up) this.#publishInventory()
    })
    this.#renewal.start()
    this.#open()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce()
    return this.#stopping
  }

  status(): AgentStatus {
    return {
      device: this.#device,
      link: this.#up ? 'up' : 'down',
      start: this.#start,
      generation: this.#desired.accepted?.generation,
      refused: this.#gate.refused,
      trustVersion: this.#trust.document.version,
      instances: this.#runner.report(),
      outbox: this.#outbox.counters(),
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async #stopOnce(): Promise<void> {
    this.#renewal.close()
    this.#gate.close()
    this.#leaveImagers?.()
    await this.#runner.stop()
    this.#commit.close()
    this.#announcer.linkDown()
    if (this.#up) await this.#goodbye()
    this.#down('the agent stops')
    await this.#session?.close()
    this.#session = undefined
  }

  /** The broker answers within a round trip, or the last will has to speak for the device. */
  async #goodbye(): Promise<void> {
    let cancel = () => {}
    const late = new Promise<void>((resolve) => {
      cancel = this.#ports.clock.setTimer(GOODBYE_MS, resolve)
    })
    const said = this.#session?.publish(topics.presence(this.#device), this.#presence('offline'), {
      qos: 1,
      retained: true,
    })
    await Promise.race([said, late])
    cancel()
  }

  #open(): void {
    this.#session = this.#ports.link.open({
      clientId: this.#device,
      will: { topic: topics.presence(this.#device), payload: this.#presence('lost'), qos: 1, retained: true },
      subscriptions: [
        topics.desired(this.#device),
        topics.ack(this.#device),
        `${topics.desired(this.#device).slice(0, -'desired'.length)}command/#`,
      ],
      keepAliveMs: this.#config.keepAliveMs ?? 30_000,
      onMessage: (message) => this.#receive(message),
      onUp: () => this.#linkUp(),
      onDown: (reason) => this.#down(reason),
    })
  }

  /** The last will names the certificate, so a new certificate needs a new session and not just a new connection. */
  #renewed(): void {
    const old = this.#session
    if (old === undefined) return
    this.#down('the certificate was renewed')
    this.#session = undefined
    void old.close().then(() => {
      if (this.#stopping === undefined) this.#open()
    })
  }

  #linkUp(): void {
    this.#up = true
    this.#ports.log('info', 'connected')
    this.#introduce()
    this.#reporter.linkUp()
    this.#outbox.linkUp()
    this.#runner.linkUp()
    this.#notify()
  }

  #introduce(): void {
    this.#announcer.say(topics.presence(this.#device), () => this.#presence('online'))
    this.#publishInventory()
  }

  #down(reason: string): void {
    if (!this.#up) return
    this.#up = false
    this.#ports.log('warn', `disconnected: ${reason}`)
    this.#outbox.linkDown()
    this.#announcer.linkDown()
    this.#reporter.linkDown()
    this.#notify()
  }

  #receive({ topic, payload }: LinkMessage): void {
    const address = parseTopic(topic)
    if (address === undefined || address.device !== this.#device || this.#stopping !== undefined) return
    if (address.kind === 'desired') {
      // An empty retained message only clears the topic.
      if (payload.byteLength > 0) this.#gate.receive(payload)
    } else if (address.kind === 'ack') {
      const parsed = ack.parse(payload)
      if (parsed.ok) this.#outbox.acknowledge(parsed.value)
      else this.#ports.log('warn', `acknowledgement refused: ${parsed.code}: ${parsed.message}`)
    } else if (address.kind === 'command') {
      const id = parseCommandId(address.rest[0] ?? '')
      if (id !== undefined) this.#commands.receive(id, payload)
    }
  }

  #apply(state: DesiredState): void {
    const { epoch, counter } = state.generation
    this.#ports.log('info', `desired state ${epoch}.${counter}: ${state.instances.length} instances`)
    this.#runner.setDesired(state.instances)
    // A server that says again what it said has not heard the answer.
    this.#reporter.changed()
  }

  #takeOutput(spec: DesiredInstance, output: Output): void {
    if (output.kind === 'image') this.#sendImage(spec, output.name, output.jpeg)
    else if (!this.#outbox.offer(recordOf(spec, output, this.#stamp()))) {
      this.#ports.log('warn', `instance.output: a ${output.kind} of ${spec.id} is too large to be sent`)
    }
  }

  /** Images are not kept: without a connection they are gone. */
  #sendImage(spec: DesiredInstance, name: string, jpeg: Uint8Array): void {
    if (!this.#up || spec.role !== 'live') return
    if (!IMAGE_NAME.test(name) || jpeg.byteLength > MAX_IMAGE_BYTES) {
      this.#ports.log('warn', `image "${name.slice(0, 64)}" of ${spec.id} refused: name, or ${jpeg.byteLength} bytes`)
      return
    }
    this.#publish(topics.image(this.#device, spec.id, name), jpeg, 0, false)
  }

  #publish(topic: string, payload: Uint8Array, qos: 0 | 1, retained: boolean): void {
    if (!this.#up) return
    void this.#session?.publish(topic, payload, { qos, retained })
  }

  #publishInventory(): void {
    this.#announcer.say(topics.inventory(this.#device), () => this.#inventory())
  }

  #inventory(): Uint8Array {
    const { clock, imagers, facts } = this.#ports
    const list = imagers.list()
    const message: Inventory = {
      session: this.#sessionNumber(),
      bootId: facts.bootId,
      atMs: clock.wallMs(),
      clockSynchronised: this.#isSynchronised(),
      agent: { version: this.#config.version, features: [...(this.#config.features ?? ALL_FEATURES)] },
      platform: facts.platform,
      imagers: list.map((imager) => imager.facts),
      interfaces: providedInterfaces(facts.offered, list),
    }
    return inventory.encode(message)
  }

  #report(): Uint8Array {
    this.#lastReport = this.#reported()
    return encodeReport(this.#lastReport)
  }

  #reported(): Reported {
    const generation = this.#desired.accepted?.generation
    const refused = this.#gate.refused
    return {
      session: this.#sessionNumber(),
      atMs: this.#ports.clock.wallMs(),
      ...(generation && { generation }),
      ...(refused && { refused }),
      trustVersion: this.#trust.document.version,
      instances: this.#runner.report(),
      outbox: this.#outbox.counters(),
    }
  }

  /** Reports only what a decision may hang on; counters travel with the next report, whatever makes it. */
  #changed(): void {
    const key = JSON.stringify([
      this.#desired.accepted?.generation,
      this.#gate.refused?.error,
      this.#trust.document.version,
      this.#runner.report().map(({ id, revision, state, healthy, restarts, exitCode, error, fellBack }) => [
        [id, revision, state, healthy, restarts],
        [exitCode, error?.code, error?.message, fellBack],
      ]),
    ])
    if (key !== this.#reportedKey) this.#reporter.changed()
    this.#reportedKey = key
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }

  #presence(state: 'online' | 'offline' | 'lost'): Uint8Array {
    const message: Presence = { state, session: this.#sessionNumber(), agentVersion: this.#config.version }
    return presence.encode(message)
  }

  #sessionNumber(): { certificate: number; start: number } {
    return { certificate: this.#ports.identity.current().certificateNumber, start: this.#start }
  }

  #stamp(): RecordStamp {
    const { clock, facts } = this.#ports
    return { atMs: clock.wallMs(), synchronised: this.#isSynchronised(), boot: facts.bootId }
  }

  /** A clock that shows a time before the server signed what this device holds is wrong, whatever the system says. */
  #isSynchronised(): boolean {
    const { clock } = this.#ports
    return clock.isSynchronised() && clock.wallMs() >= (this.#desired.accepted?.issuedAtMs ?? 0)
  }
}

/** What a report counts and nobody would otherwise hear of for minutes. Frames handled grow all the time and are left out. */
function numbersOf({ instances, outbox }: Reported): string {
  return JSON.stringify([
    outbox.lost,
    instances.map(({ id, memoryBytes, logLinesCut, outputDroppedBytes, framesDropped }) => [
      [id, memoryBytes],
      [logLinesCut, outputDroppedBytes, framesDropped],
    ]),
  ])
}

/** A report of many failing instances may not fit: log lines and error texts are cut before the states would be lost. */
function encodeReport(message: Reported): Uint8Array {
  for (const [lines, maxText] of [
    [10, 2048],
    [2, 512],
    [0, 256],
  ] as const) {
    const cut = { ...message, instances: message.instances.map((instance) => shortened(instance, lines, maxText)) }
    const payload = encoder.encode(JSON.stringify(cut))
    if (payload.byteLength <= reported.maxBytes) return payload
  }
  return reported.encode({ ...message, instances: message.instances.map((instance) => shortened(instance, 0, 32)) })
}

function shortened(
  { logs, error, fellBack, ...rest }: ReportedInstance,
  lines: number,
  maxText: number,
): ReportedInstance {
  const text = (report: ErrorReport): ErrorReport => ({ ...report, message: report.message.slice(0, maxText) })
  const last = (all: readonly string[] | undefined) => (all && lines > 0 ? { logs: all.slice(-lines) } : {})
  if (fellBack === undefined) return { ...rest, ...(error && { error: text(error) }), ...last(logs) }
  const { logs: earlier, ...back } = fellBack
  return {
    ...rest,
    ...(error && { error: text(error) }),
    ...last(logs),
    fellBack: { ...back, error: text(back.error), ...last(earlier) },
  }
}
