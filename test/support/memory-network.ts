/**
 * A broker and its network in memory, for the deterministic simulation: the server's `Bus` and the agent's `Link` on a
 * virtual clock. It keeps the rules of MQTT 3.1.1 that Ocelli relies on (order within a topic, retained messages, last
 * wills, takeover, access by device) and does everything a network may do besides: delays, reorders between topics,
 * loses, duplicates, breaks connections, partitions, and restarts without its memory. All chance is the caller's.
 */
import type { Link, LinkOptions, LinkSession } from '@ocelli/agent/ports'
import type { DeviceId } from '@ocelli/schemas/ids'
import { deviceMayPublish, deviceMaySubscribe, parseTopic } from '@ocelli/schemas/topics'
import type { Bus, BusHandlers } from '@ocelli/server/ports'

/** Virtual time in whole milliseconds. Timers of equal time must fire in the order in which they were set. */
export interface NetworkClock {
  monotonicMs(): number
  setTimer(delayMs: number, fn: () => void): () => void
}

/** What goes wrong, each from 0 to 1 per message. */
export interface NetworkFaults {
  /** The connection breaks with this message in flight: it may or may not have arrived, its sender hears false. */
  readonly breakRate: number
  /** The broker takes the message and drops it, as one does whose queue is full. */
  readonly loseRate: number
  /** It arrives twice (QoS 1). */
  readonly duplicateRate: number
  readonly minDelayMs: number
  readonly maxDelayMs: number
}

export const NO_FAULTS: NetworkFaults = { breakRate: 0, loseRate: 0, duplicateRate: 0, minDelayMs: 1, maxDelayMs: 1 }

export interface NetworkOptions {
  readonly clock: NetworkClock
  /** From 0 (included) to 1 (excluded). */
  readonly chance: () => number
  readonly faults?: NetworkFaults
  /** How long the broker believes in a connection that has gone silent. */
  readonly keepAliveMs?: number
}

/** Whoever holds a connection to the broker: a device, or the server. */
interface Peer {
  readonly name: string
  isOpen: boolean
  /** Delivers to the peer's code; called after the network's delay. */
  receive(message: Message): void
}

interface Message {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retained: boolean
}

export class MemoryNetwork {
  faults: NetworkFaults
  private readonly clock: NetworkClock
  private readonly chance: () => number
  private readonly keepAliveMs: number
  private readonly retained = new Map<string, Message>()
  private readonly sessions = new Map<DeviceId, DeviceSession>()
  private readonly opened = new Set<DeviceSession>()
  private readonly buses = new Set<MemoryBus>()
  private readonly partitioned = new Set<string>()
  /** When the last message of a lane arrives: what makes order within a topic. */
  private readonly lanes = new Map<string, number>()
  private isRunning = true

  constructor(options: NetworkOptions) {
    this.clock = options.clock
    this.chance = options.chance
    this.faults = options.faults ?? NO_FAULTS
    this.keepAliveMs = options.keepAliveMs ?? 30_000
  }

  /** The server's side; several replicas may each have one. */
  bus(): Bus {
    return new MemoryBus(this)
  }

  /** A device's side: the broker knows it as `device`, whatever it says. */
  link(device: DeviceId): Link {
    return { open: (options) => new DeviceSession(this, device, options) }
  }

  /** Cuts a device (or `server`) off: both sides find out by silence. */
  partition(name: DeviceId | 'server'): void {
    this.partitioned.add(name)
    if (name === 'server')
      for (const bus of this.buses) this.after(this.keepAliveMs, () => this.isCut(name) && bus.drop('silence'))
    for (const session of this.opened) {
      if (session.name === name) this.after(this.keepAliveMs, () => this.isCut(name) && session.drop('silence'))
    }
  }

  heal(name: DeviceId | 'server'): void {
    this.partitioned.delete(name)
  }

  healAll(): void {
    this.partitioned.clear()
  }

  /** A device's process died: its session never speaks again, its last will follows when the broker notices. */
  kill(device: DeviceId): void {
    for (const session of [...this.opened]) if (session.name === device) session.die()
  }

  /** The server's process died: its buses hear and say nothing any more. */
  killServer(): void {
    for (const bus of [...this.buses]) bus.die()
  }

  /** All connections break; retained messages are gone unless it kept them; no last will is sent. */
  restartBroker(options: { readonly keepRetained: boolean; readonly downMs: number }): void {
    this.isRunning = false
    if (!options.keepRetained) this.retained.clear()
    const sessions = [...this.sessions.values()]
    this.sessions.clear()
    for (const session of sessions) session.drop('the broker stopped', false)
    for (const bus of this.buses) bus.drop('the broker stopped')
    this.after(options.downMs, () => {
      this.isRunning = true
    })
  }

  /** The device's session at the broker, for a test to look at. */
  isConnected(device: DeviceId): boolean {
    return this.sessions.has(device)
  }

  // What follows is for the two classes below.

  after(delayMs: number, fn: () => void): () => void {
    return this.clock.setTimer(delayMs, fn)
  }

  isCut(name: string): boolean {
    return this.partitioned.has(name)
  }

  isReachable(name: string): boolean {
    return this.isRunning && !this.isCut(name)
  }

  happens(rate: number): boolean {
    return rate > 0 && this.chance() < rate
  }

  delayMs(): number {
    const { minDelayMs, maxDelayMs } = this.faults
    return Math.floor(minDelayMs + this.chance() * (maxDelayMs - minDelayMs))
  }

  backoffMs(attempt: number): number {
    return Math.floor(Math.min(30_000, 200 * 2 ** attempt) * (0.5 + this.chance() / 2))
  }

  addSession(session: DeviceSession): void {
    const old = this.sessions.get(session.device)
    this.sessions.set(session.device, session)
    if (old !== undefined && old !== session) old.drop('taken over')
  }

  removeSession(session: DeviceSession): void {
    if (this.sessions.get(session.device) === session) this.sessions.delete(session.device)
  }

  track(session: DeviceSession): void {
    this.opened.add(session)
  }

  untrack(session: DeviceSession): void {
    this.opened.delete(session)
  }

  addBus(bus: MemoryBus): void {
    this.buses.add(bus)
  }

  removeBus(bus: MemoryBus): void {
    this.buses.delete(bus)
  }

  sessionOf(device: DeviceId): DeviceSession | undefined {
    return this.sessions.get(device)
  }

  /** A message reached the broker: keep it where asked, and pass it on. */
  route(message: Message): void {
    if (message.retained) {
      if (message.payload.byteLength === 0) this.retained.delete(message.topic)
      else this.retained.set(message.topic, message)
    }
    const address = parseTopic(message.topic)
    if (address === undefined) return
    const live = { ...message, retained: false }
    const session = this.sessions.get(address.device)
    if (session?.wants(message.topic)) this.carry(session, live)
    if (deviceMayPublish(address.device, message.topic)) {
      for (const bus of this.buses) if (bus.isOpen) this.carry(bus, live)
    }
  }

  retainedFor(wants: (topic: string) => boolean): Message[] {
    return [...this.retained.values()].filter(({ topic }) => wants(topic))
  }

  /** From the broker to a peer: in order within a topic, in any order between topics. */
  carry(peer: Peer, message: Message): void {
    if (this.happens(this.faults.loseRate)) return
    const copies = message.qos === 1 && this.happens(this.faults.duplicateRate) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      this.inLane(`down ${peer.name} ${message.topic}`, () => {
        if (peer.isOpen && !this.isCut(peer.name)) peer.receive(message)
      })
    }
  }

  /** From a peer to the broker. Resolves as QoS 1 and the connection's end decide. */
  send(peer: Peer, message: Message, onBreak: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      const isBroken = this.happens(this.faults.breakRate)
      const arrives = !isBroken || this.chance() < 0.5
      const isLost = this.happens(this.faults.loseRate)
      this.inLane(`up ${peer.name} ${message.topic}`, () => {
        const isThere = peer.isOpen && this.isReachable(peer.name)
        if (isThere && arrives && !isLost) this.route(message)
        if (isThere && isBroken) onBreak()
        if (message.qos === 0) return resolve(isThere)
        if (!isThere || isBroken) return resolve(false)
        this.after(this.delayMs(), () => resolve(peer.isOpen && !this.isCut(peer.name)))
      })
    })
  }

  private inLane(lane: string, fn: () => void): void {
    const nowMs = this.clock.monotonicMs()
    const atMs = Math.max(nowMs + this.delayMs(), this.lanes.get(lane) ?? 0)
    this.lanes.set(lane, atMs)
    this.after(atMs - nowMs, () => {
      if (this.lanes.get(lane) === atMs) this.lanes.delete(lane)
      fn()
    })
  }
}

/** The server's side. It reconnects by itself. */
class MemoryBus implements Bus, Peer {
  readonly name = 'server'
  isOpen = false
  private readonly network: MemoryNetwork
  private handlers: BusHandlers | undefined
  private attempt = 0

  constructor(network: MemoryNetwork) {
    this.network = network
  }

  async open(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers
    this.network.addBus(this)
    this.connect()
  }

  publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retained: boolean }): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false)
    return this.network.send(this, { topic, payload: payload.slice(), ...options }, () =>
      this.drop('the connection broke'),
    )
  }

  async disconnect(device: DeviceId): Promise<void> {
    this.network.sessionOf(device)?.drop('disconnected by the server')
  }

  async close(): Promise<void> {
    this.die()
  }

  receive(message: Message): void {
    this.handlers?.onMessage({ topic: message.topic, payload: message.payload.slice(), retained: message.retained })
  }

  /** Nothing more is heard or said. */
  die(): void {
    this.isOpen = false
    this.handlers = undefined
    this.network.removeBus(this)
  }

  drop(reason: string): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.handlers?.onDown(reason)
    this.connect()
  }

  private connect(): void {
    this.network.after(this.attempt === 0 ? this.network.delayMs() : this.network.backoffMs(this.attempt), () => {
      if (this.handlers === undefined || this.isOpen) return
      this.attempt++
      if (!this.network.isReachable(this.name)) return this.connect()
      this.isOpen = true
      this.attempt = 1
      this.handlers.onUp()
      const kept = this.network.retainedFor((topic) => {
        const address = parseTopic(topic)
        return address !== undefined && deviceMayPublish(address.device, topic)
      })
      for (const message of kept) this.network.carry(this, message)
    })
  }
}

/** A device's side: one `Link` session that reconnects by itself, as the agent's real one does. */
class DeviceSession implements LinkSession, Peer {
  readonly device: DeviceId
  readonly name: string
  isOpen = false
  private readonly network: MemoryNetwork
  private readonly options: LinkOptions
  private isEnded = false
  private attempt = 0
  private will: Message | undefined

  constructor(network: MemoryNetwork, device: DeviceId, options: LinkOptions) {
    this.network = network
    this.device = device
    this.name = device
    this.options = options
    network.track(this)
    this.connect()
  }

  publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retained: boolean }): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false)
    if (!deviceMayPublish(this.device, topic)) {
      this.drop(`may not publish to ${topic}`)
      return Promise.resolve(false)
    }
    return this.network.send(this, { topic, payload: payload.slice(), ...options }, () =>
      this.drop('the connection broke'),
    )
  }

  reconnect(): void {
    if (this.isEnded) return
    if (this.isOpen) {
      this.leave(false)
      this.options.onDown('reconnecting')
    }
    this.connect()
  }

  async close(): Promise<void> {
    this.isEnded = true
    this.network.untrack(this)
    if (this.isOpen) this.leave(false)
  }

  wants(topic: string): boolean {
    return this.isOpen && this.options.subscriptions.some((filter) => this.mayRead(filter) && covers(filter, topic))
  }

  receive(message: Message): void {
    this.options.onMessage({ topic: message.topic, payload: message.payload.slice() })
  }

  /** The process is gone: nobody is told here, and the broker sends the last will when it notices. */
  die(): void {
    this.isEnded = true
    this.network.untrack(this)
    if (!this.isOpen) return
    this.isOpen = false
    this.network.removeSession(this)
    this.sendWill()
  }

  drop(reason: string, withWill = true): void {
    if (!this.isOpen) return
    this.leave(withWill)
    this.options.onDown(reason)
    this.connect()
  }

  private leave(withWill: boolean): void {
    this.isOpen = false
    this.network.removeSession(this)
    if (withWill) this.sendWill()
    this.will = undefined
  }

  private sendWill(): void {
    const will = this.will
    if (will !== undefined) this.network.after(this.network.delayMs(), () => this.network.route(will))
  }

  private connect(): void {
    const waitMs = this.attempt === 0 ? this.network.delayMs() : this.network.backoffMs(this.attempt)
    this.network.after(waitMs, () => {
      if (this.isEnded || this.isOpen) return
      this.attempt++
      if (!this.network.isReachable(this.name) || this.options.clientId !== this.device) return this.connect()
      this.attempt = 1
      this.isOpen = true
      const { topic, payload, qos, retained } = this.options.will
      this.will = deviceMayPublish(this.device, topic) ? { topic, payload, qos, retained } : undefined
      this.network.addSession(this)
      this.options.onUp()
      for (const message of this.network.retainedFor((kept) => this.wants(kept))) this.network.carry(this, message)
    })
  }

  private mayRead(filter: string): boolean {
    return deviceMaySubscribe(this.device, filter)
  }
}

/** Whether a filter without `+` covers a topic. */
function covers(filter: string, topic: string): boolean {
  return filter.endsWith('#') ? topic.startsWith(filter.slice(0, -1)) : filter === topic
}
