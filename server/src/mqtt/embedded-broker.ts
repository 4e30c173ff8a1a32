/**
 * The embedded broker: aedes behind a TLS listener that demands a device certificate, as the server's `Bus`.
 *
 * Hardened where aedes is open: every client is what its certificate says, packets are bounded before they are parsed,
 * a slow reader is cut off, sessions never outlive their connection, and the server takes messages in process.
 */
import { createServer as createTcpServer, type Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { DeviceId } from '@ocelli/schemas/ids'
import { MAX_PACKET_BYTES } from '@ocelli/schemas/messages/index'
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client, type PublishPacket } from 'aedes'
import type { Bus, BusHandlers, Clock } from '../ports.ts'
import { deviceTopic, type Holder, holderOf, mayPublish, mayRetain, maySubscribe } from './access.ts'
import { BrokerMemory } from './broker-memory.ts'
import { CloneWatch } from './clone-watch.ts'
import { Emitter } from './emitter.ts'
import { HANDSHAKE_LIMITS, type HandshakeCounts, type HandshakeLimits, HandshakeQueue } from './handshake-queue.ts'
import { boundPackets, PacketSizeError } from './packet-bound.ts'

/** A reader that takes nothing for this long is cut off; what it missed is retained or sent again. */
const DRAIN_TIMEOUT_MS = 5_000
/** Most bytes that wait for one reader: four of the largest packets. */
const MAX_WAITING_BYTES = 4 * MAX_PACKET_BYTES
const CONNECT_TIMEOUT_MS = 10_000
/** From its turn on: round trips over a poor radio, and those of a crowd before it. */
const HANDSHAKE_TIMEOUT_MS = 20_000
/** Connections that the kernel completes before they are taken: of a fleet that comes back at once. Linux allows so many. */
const BACKLOG = 4_096
/** Finds peers that vanished without a word although they asked for no MQTT keep-alive. */
const TCP_KEEPALIVE_MS = 60_000
const CLOSE_TIMEOUT_MS = 2_000

/** CONNACK return codes [MQTT-3.2.2.3]. */
const IDENTIFIER_REJECTED = 2
const NOT_AUTHORISED = 5

export interface EmbeddedBrokerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly leaf: BrokerLeaf
  /** Certificates that device certificates are checked against: root and issuing, PEM. */
  readonly clientAuthorities: readonly string[]
  readonly isRevoked: (serial: string) => boolean
  /** One certificate is used by two devices at once. */
  readonly onClone: (device: DeviceId) => void
  /** A client did what it may not; for logs and counters. */
  readonly onRefused?: (refusal: Refusal) => void
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>
  readonly handshakes?: Partial<HandshakeLimits>
}

export interface BrokerLeaf {
  readonly chain: string
  readonly key: string
  /** Instead of those that the broker was made with: roots may be replaced while it runs. */
  readonly clientAuthorities?: readonly string[]
}

export interface Refusal {
  /** Common name of the client's certificate; empty where it is not known. */
  readonly client: string
  readonly reason:
    | 'revoked'
    | 'certificate'
    | 'clientId'
    | 'persistentSession'
    | 'publish'
    | 'subscribe'
    | 'will'
    | 'packetSize'
    | 'malformed'
    | 'slow'
  readonly detail: string
}

export interface EmbeddedBroker extends Bus {
  /** The port it listens on. */
  readonly port: number
  /** Connections from now on get this certificate. */
  useLeaf(leaf: BrokerLeaf): void
  /** Connected clients. */
  readonly clients: number
  /** Connections whose TLS handshake waits or is under way. */
  readonly handshakes: HandshakeCounts
}

/** An end that was noted where it was decided. */
class RefusedError extends Error {}

/** How aedes 1.2 names the ends of connections that are nobody's mistake. */
const EXPECTED_ENDS = new Set([
  'keep alive timeout',
  'connect did not arrive in time',
  'drain timeout',
  'connection closed',
])

/** Binds the port; connections that come before `open` wait for it. Rejects where the port is taken. */
export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const broker = new HardenedBroker(options)
  await broker.listen()
  return broker
}

/** What is known of one connection. */
interface Session {
  readonly holder: Holder
  readonly name: string
  /** Why its CONNECT is refused, decided before aedes gives it a name. */
  refused?: { readonly returnCode: number; readonly refusal: Omit<Refusal, 'client'> }
}

class HardenedBroker implements EmbeddedBroker {
  private readonly options: EmbeddedBrokerOptions
  private readonly aedes: Aedes
  /** Listens, and gives each connection to `tls` when it is its turn. */
  private readonly listener: ReturnType<typeof createTcpServer>
  private readonly tls: ReturnType<typeof createServer>
  private readonly queue: HandshakeQueue<Socket>
  /** Whose handshakes wait or are under way, by the address of their peer. */
  private readonly shaking = new Map<string, Socket>()
  private readonly sockets = new Set<TLSSocket>()
  private readonly sessions = new WeakMap<object, Session>()
  private readonly live = new Map<string, Client>()
  private readonly clones = new CloneWatch()
  /** Came before `open`: to turn devices away while the server starts would cost each another handshake. */
  private readonly early = new Set<TLSSocket>()
  private handlers: BusHandlers | undefined

  constructor(options: EmbeddedBrokerOptions) {
    this.options = options
    this.aedes = new Aedes({
      mq: new Emitter<AedesPublishPacket>(),
      persistence: new BrokerMemory(),
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // Devices publish with QoS 0 and 1; half-open QoS 2 exchanges are only a way to fill memory.
      maxInflightInbound: 16,
      maxTopicLevels: 16,
      maxClientsIdLength: 64,
      preConnect: (client, packet, done) => {
        this.judgeConnect(client, packet)
        done(null, true)
      },
      authenticate: (client, _user, _password, done) => this.authenticate(client, done),
      authorizePublish: (client, packet, done) => done(this.judgePublish(client, packet)),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.isRefusedSubscription(client, subscription.topic) ? null : subscription),
      authorizeForward: (client, packet) => (this.isTooSlow(client) ? null : packet),
      published: (packet, client, done) => {
        this.ingest(packet, client)
        done(null)
      },
    })
    this.aedes.on('client', (client) => this.live.set(client.id, client))
    this.aedes.on('clientDisconnect', (client) => {
      if (this.live.get(client.id) === client) this.live.delete(client.id)
    })
    // Without a listener these would be thrown; each client's own fault ends its own connection alone.
    for (const event of ['clientError', 'connectionError'] as const) {
      this.aedes.on(event, (client, error) => this.noteError(client, error))
    }
    this.tls = createServer(
      {
        ...contextOf(options),
        ca: [...options.clientAuthorities],
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      (socket) => {
        const peer = peerOf(socket)
        const connection = this.shaking.get(peer)
        if (connection !== undefined) this.shaken(connection, peer)
        this.welcome(socket)
      },
    )
    this.tls.on('tlsClientError', (error, socket) => {
      this.refuse('', 'certificate', error.message)
      socket.destroy()
    })
    this.queue = new HandshakeQueue({
      limits: { ...HANDSHAKE_LIMITS, ...options.handshakes },
      clock: options.clock,
      begin: (connection) => void this.tls.emit('connection', connection),
      turnAway: (connection) => connection.destroy(),
    })
    // Nothing of a connection is read before its turn.
    this.listener = createTcpServer({ pauseOnConnect: true }, (connection) => this.takeInTurn(connection))
  }

  get port(): number {
    const address = this.listener.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get clients(): number {
    return this.live.size
  }

  get handshakes(): HandshakeCounts {
    return this.queue.counts
  }

  async listen(): Promise<void> {
    await this.aedes.listen()
    try {
      await new Promise<void>((resolve, reject) => {
        this.listener.once('error', reject)
        this.listener.listen(this.options.port, this.options.host, BACKLOG, () => {
          this.listener.off('error', reject)
          resolve()
        })
      })
    } catch (error) {
      await new Promise<void>((resolve) => this.aedes.close(resolve))
      throw error
    }
  }

  useLeaf(leaf: BrokerLeaf): void {
    const ca = [...(leaf.clientAuthorities ?? this.options.clientAuthorities)]
    this.tls.setSecureContext({ ...contextOf({ ...this.options, leaf }), ca })
  }

  async open(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers
    handlers.onUp()
    for (const socket of this.early) this.accept(socket)
    this.early.clear()
  }

  publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retained: boolean }): Promise<boolean> {
    if (this.aedes.closed) return Promise.resolve(false)
    return new Promise((resolve) => {
      const packet: PublishPacket = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: options.qos,
        retain: options.retained,
        dup: false,
      }
      // Its callback waits for slow readers. The broker has the message as soon as it took it, so nobody waits here.
      this.aedes.publish(packet, () => {})
      resolve(true)
    })
  }

  async disconnect(device: DeviceId): Promise<void> {
    const client = this.live.get(device)
    if (client !== undefined) await closeClient(client)
  }

  async close(): Promise<void> {
    if (this.aedes.closed) return
    this.handlers = undefined
    for (const socket of this.early) socket.destroy()
    this.early.clear()
    const stopped = new Promise<void>((resolve) => this.listener.close(() => resolve()))
    this.queue.close()
    for (const connection of this.shaking.values()) connection.destroy()
    const closed = new Promise<void>((resolve) => this.aedes.close(() => resolve()))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
    })
    await Promise.race([closed, late])
    clearTimeout(timer)
    for (const socket of this.sockets) socket.destroy()
    await stopped
  }

  private takeInTurn(connection: Socket): void {
    // A connection that ends while it waits is nobody's error.
    connection.on('error', () => {})
    const peer = peerOf(connection)
    connection.once('close', () => this.shaken(connection, peer))
    this.shaking.set(peer, connection)
    this.queue.add(connection)
  }

  private shaken(connection: Socket, peer: string): void {
    if (this.shaking.get(peer) === connection) this.shaking.delete(peer)
    this.queue.ended(connection)
  }

  private welcome(socket: TLSSocket): void {
    if (this.handlers !== undefined || this.aedes.closed) {
      this.accept(socket)
      return
    }
    this.early.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.early.delete(socket))
  }

  private accept(socket: TLSSocket): void {
    const { subject, serialNumber } = socket.getPeerCertificate()
    const name = typeof subject?.CN === 'string' ? subject.CN : ''
    const holder = holderOf(name)
    if (this.handlers === undefined || holder === undefined || this.options.isRevoked(serialNumber ?? '')) {
      if (this.handlers !== undefined) {
        this.refuse(name, holder === undefined ? 'certificate' : 'revoked', `certificate ${serialNumber}`)
      }
      socket.destroy()
      return
    }
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS)
    socket.setNoDelay(true)
    boundPackets(socket, MAX_PACKET_BYTES, () => this.refuse(name, 'packetSize', `more than ${MAX_PACKET_BYTES} bytes`))
    this.sessions.set(socket, { holder, name })
    this.aedes.handle(socket)
  }

  /** Decides on a CONNECT where all of it can be seen; `authenticate` is where it can be answered. */
  private judgeConnect(client: Client, packet: { clientId: string; clean?: boolean; will?: { topic: string } }): void {
    const session = this.sessions.get(client.conn)
    if (session === undefined) return
    const { holder, name } = session
    const refuse = (returnCode: number, reason: Refusal['reason'], detail: string) => {
      session.refused = { returnCode, refusal: { reason, detail } }
    }
    if (holder.kind === 'device' && packet.clientId !== name) {
      refuse(IDENTIFIER_REJECTED, 'clientId', packet.clientId)
    } else if (packet.clean === false) {
      // [MQTT-3.1.3-8]; and a session that outlives its connection is a queue that nothing bounds.
      refuse(packet.clientId === '' ? IDENTIFIER_REJECTED : NOT_AUTHORISED, 'persistentSession', packet.clientId)
    } else if (packet.will !== undefined && !mayPublish(holder, packet.will.topic)) {
      refuse(NOT_AUTHORISED, 'will', packet.will.topic)
    }
  }

  private authenticate(client: Client, done: (error: AuthenticateError | null, success: boolean | null) => void): void {
    const session = this.sessions.get(client.conn)
    const refused = session?.refused
    if (session === undefined || refused !== undefined) {
      if (refused !== undefined) this.refuse(session?.name ?? '', refused.refusal.reason, refused.refusal.detail)
      const returnCode = refused?.returnCode ?? NOT_AUTHORISED
      done(Object.assign(new RefusedError('refused'), { returnCode }), null)
      return
    }
    const { holder } = session
    if (holder.kind === 'device' && this.live.has(client.id)) {
      if (this.clones.takeover(holder.device, this.options.clock.monotonicMs())) this.options.onClone(holder.device)
    }
    done(null, true)
  }

  /** An error ends the connection [MQTT-3.3.5-2]: a device that tries another's topic is no device of ours. */
  private judgePublish(client: Client | null, packet: PublishPacket): Error | null {
    const session = client && this.sessions.get(client.conn)
    if (!session || !mayPublish(session.holder, packet.topic)) {
      this.refuse(session?.name ?? '', 'publish', packet.topic)
      return new RefusedError(`may not publish to ${packet.topic}`)
    }
    if (packet.retain && session.holder.kind === 'device' && !mayRetain(packet.topic, packet.payload.length)) {
      packet.retain = false
    }
    return null
  }

  private isRefusedSubscription(client: Client, filter: string): boolean {
    const session = this.sessions.get(client.conn)
    if (session !== undefined && maySubscribe(session.holder, filter)) return false
    this.refuse(session?.name ?? '', 'subscribe', filter)
    return true
  }

  private isTooSlow(client: Client): boolean {
    if (client.conn.writableLength <= MAX_WAITING_BYTES) return false
    this.refuse(client.id, 'slow', `${client.conn.writableLength} bytes wait`)
    client.conn.destroy()
    return true
  }

  private ingest(packet: AedesPublishPacket, client: Client | null): void {
    if (client === null || this.handlers === undefined || deviceTopic(packet.topic) === undefined) return
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    this.handlers.onMessage({ topic: packet.topic, payload, retained: false })
  }

  /** Of all ways in which a connection ends, bytes that are no MQTT are worth a word. */
  private noteError(client: Client, error: Error & { code?: unknown }): void {
    if (
      error instanceof RefusedError ||
      error instanceof PacketSizeError ||
      error.code !== undefined ||
      EXPECTED_ENDS.has(error.message)
    )
      return
    this.refuse(this.sessions.get(client.conn)?.name ?? '', 'malformed', error.message)
  }

  private refuse(client: string, reason: Refusal['reason'], detail: string): void {
    this.options.onRefused?.({ client, reason, detail })
  }
}

/** Names a connection of the listener: TLS shows a socket of its own for it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function contextOf({ leaf }: { readonly leaf: BrokerLeaf }): { cert: string; key: string } {
  return { cert: leaf.chain, key: leaf.key }
}

function closeClient(client: Client): Promise<void> {
  return new Promise((resolve) => client.close(() => resolve()))
}
