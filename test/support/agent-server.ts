/**
 * The other side of the agent for tests of its adapters: a device listener over HTTPS and a broker over TLS, both with
 * certificates of a real authority. It knows nothing of placement.
 */

import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import { type EnrolResponse, encodeEnrolmentToken } from '@ocelli/schemas/enrolment'
import type { DeviceId, Digest } from '@ocelli/schemas/ids'
import {
  DAY_MS,
  fingerprint,
  type KeyedCertificate,
  makeDeviceLeaf,
  makeIssuing,
  makeRoot,
  makeServerLeaf,
  readRequest,
  serialText,
} from '@ocelli/server/identity/certificates'
import { Aedes, type AedesPublishPacket } from 'aedes'
import type { Authority } from './agent-documents.ts'

const serial = () => serialText(randomBytes(16))
const validity = () => ({ fromMs: Date.now() - DAY_MS, toMs: Date.now() + 365 * DAY_MS })

export class TestAuthority {
  readonly root: KeyedCertificate
  readonly issuing: KeyedCertificate

  private constructor(root: KeyedCertificate, issuing: KeyedCertificate) {
    this.root = root
    this.issuing = issuing
  }

  static async make(): Promise<TestAuthority> {
    const root = await makeRoot('Test root', serial(), validity())
    return new TestAuthority(root, await makeIssuing(root, 'Test issuing', serial(), validity()))
  }

  async serverLeaf(names: readonly string[]): Promise<{ cert: string; key: string }> {
    const leaf = await makeServerLeaf(this.issuing, 'ocelli-server', serial(), validity(), names)
    return { cert: leaf.certificate + this.issuing.certificate + this.root.certificate, key: leaf.key }
  }

  /** `days` from now until the certificate ends; it began ten days ago. */
  async deviceLeaf(csr: string, device: DeviceId, days = 30): Promise<string> {
    const span = { fromMs: Date.now() - 10 * DAY_MS, toMs: Date.now() + days * DAY_MS }
    return (
      (await makeDeviceLeaf(this.issuing, device, serial(), span, await readRequest(csr))) + this.issuing.certificate
    )
  }
}

export interface ServerOptions {
  readonly device: DeviceId
  readonly signers: Authority
  /** Names in the server's certificate. */
  readonly names?: readonly string[]
  /** Whose certificate the server shows; another than the one that tokens name, in the tests of refusal. */
  readonly shown?: TestAuthority
  readonly certificateDays?: number
}

export class TestServer {
  readonly authority: TestAuthority
  readonly files = new Map<Digest, Uint8Array>()
  /** Requests as they came: method, path, range, and the name in the client certificate. */
  readonly requests: { method: string; path: string; range?: string | undefined; client: string | undefined }[] = []
  /** Bodies of enrolments and renewals. */
  readonly bodies: Record<string, unknown>[] = []
  /** Cuts an artifact off after so many bytes, once. */
  cutAfterBytes: number | undefined
  readonly received: AedesPublishPacket[] = []
  readonly broker: Aedes
  /** Connections to the broker's port, whether they came to a session or not. */
  attempts = 0
  #certificates = 0
  readonly #options: ServerOptions
  readonly #https: Server
  readonly #tls: TlsServer
  readonly #sockets = new Set<Socket>()

  private constructor(
    authority: TestAuthority,
    leaf: { cert: string; key: string },
    options: ServerOptions,
    broker: Aedes,
  ) {
    this.authority = authority
    this.#options = options
    this.broker = broker
    const ca = [authority.root.certificate, authority.issuing.certificate]
    this.#https = createServer({ ...leaf, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const socket = request.socket as TLSSocket
        const client = String(socket.getPeerCertificate().subject?.CN ?? '')
        const { method = '', url: path = '' } = request
        this.requests.push({ method, path, range: request.headers.range, client: client || undefined })
        void this.#answer(method, path, request.headers.range, Buffer.concat(chunks).toString(), response)
      })
    })
    this.#tls = createTlsServer({ ...leaf, ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
      socket.on('error', () => {})
      broker.handle(socket)
    })
    this.#tls.on('connection', () => void this.attempts++)
    for (const server of [this.#https, this.#tls]) {
      server.on('tlsClientError', () => {})
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket)
        socket.on('close', () => this.#sockets.delete(socket))
      })
    }
  }

  static async start(options: ServerOptions): Promise<TestServer> {
    const authority = await TestAuthority.make()
    const leaf = await (options.shown ?? authority).serverLeaf(options.names ?? ['127.0.0.1'])
    const broker = await Aedes.createBroker()
    const server = new TestServer(authority, leaf, options, broker)
    broker.on('publish', (packet, client) => {
      if (client) server.received.push(packet)
    })
    await Promise.all(
      [server.#https, server.#tls].map((listener) => new Promise<void>((r) => listener.listen(0, '127.0.0.1', r))),
    )
    return server
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#https.address() as AddressInfo).port}`
  }

  get mqttUrl(): string {
    return `mqtts://127.0.0.1:${(this.#tls.address() as AddressInfo).port}`
  }

  get token(): string {
    const rootSha256 = fingerprint(this.authority.root.certificate)
    return encodeEnrolmentToken({ url: this.url, id: 't-1', secret: 'a'.repeat(32), rootSha256 })
  }

  /** JSON messages of a topic that ends so. */
  messages(ending: string): Record<string, unknown>[] {
    return this.received
      .filter(({ topic }) => topic.endsWith(ending))
      .map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>)
  }

  publish(topic: string, payload: unknown, retain = false): Promise<void> {
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(JSON.stringify(payload)),
      qos: 1,
      retain,
      dup: false,
    } as const
    return new Promise((resolve, reject) => this.broker.publish(packet, (error) => (error ? reject(error) : resolve())))
  }

  /** Breaks every connection there is; listeners go on. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.breakConnections()
    await new Promise<void>((resolve) => this.broker.close(() => resolve()))
    await Promise.all(
      [this.#https, this.#tls].map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    )
  }

  async #answer(
    method: string,
    path: string,
    range: string | undefined,
    text: string,
    response: import('node:http').ServerResponse,
  ): Promise<void> {
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (method === 'POST') {
      const body = JSON.parse(text) as Record<string, unknown>
      this.bodies.push(body)
      if (body.secret !== undefined && body.secret !== 'a'.repeat(32)) {
        return json(401, { code: 'enrolment.invalid', detail: 'the token is used up' })
      }
      return json(200, await this.#issue(String(body.csr)))
    }
    if (path === '/device/v1/trust') return json(200, this.#options.signers.signedTrust())
    const bytes = this.files.get(path.slice('/device/v1/artifacts/'.length) as Digest)
    if (bytes === undefined) return json(404, { code: 'request.notFound', detail: 'no such artifact' })
    const offset = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    if (offset >= bytes.byteLength) return json(416, {})
    const part = bytes.subarray(offset)
    const headers = offset > 0 ? { 'content-range': `bytes ${offset}-${bytes.byteLength - 1}/${bytes.byteLength}` } : {}
    response.writeHead(offset > 0 ? 206 : 200, { ...headers, 'content-length': part.byteLength })
    const cut = this.cutAfterBytes
    this.cutAfterBytes = undefined
    if (cut === undefined) response.end(part)
    else response.write(part.subarray(0, cut), () => setImmediate(() => response.destroy()))
  }

  async #issue(csr: string): Promise<EnrolResponse> {
    const { device, signers, certificateDays } = this.#options
    return {
      device,
      name: 'camera-1',
      project: signers.trust().project,
      certificate: await this.authority.deviceLeaf(csr, device, certificateDays),
      certificateNumber: ++this.#certificates,
      roots: [this.authority.root.certificate],
      mqttUrl: this.mqttUrl,
      operatorKey: signers.operator.publicKey,
      trust: signers.signedTrust(),
    }
  }
}
