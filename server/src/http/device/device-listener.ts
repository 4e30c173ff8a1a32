/**
 * The HTTPS interface of devices (`/device/v1`), as documented in schemas/src/enrolment.ts. A client certificate is
 * asked for in every handshake and demanded by all routes but enrolment. It is judged here and not by TLS, since an
 * expired one may still be renewed, and a refusal should say why.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import type { Envelope } from '@ocelli/schemas/dsse'
import {
  type EnrolRequest,
  type EnrolResponse,
  type RenewResponse,
  readEnrolRequest,
  readRenewRequest,
} from '@ocelli/schemas/enrolment'
import { type ErrorCode, OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, type Digest, type ProjectId, parseDigest } from '@ocelli/schemas/ids'
import type { DesiredRow } from '../../domain/records.ts'
import type { Clock } from '../../ports.ts'
import { FailureLimit } from './failure-limit.ts'
import { sendJson, sendProblem } from './problem.ts'
import { readBody } from './request-body.ts'

const HANDSHAKE_TIMEOUT_MS = 10_000
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** A reader that takes nothing of an artifact for this long is cut off; it goes on from there with a range. */
const IDLE_TIMEOUT_MS = 60_000
const MAX_HEADER_BYTES = 8_192
const ALLOWED_METHODS = { enrol: 'POST', renew: 'POST', trust: 'GET', artifacts: 'GET' } as const

export interface DeviceListenerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Presents leaf, issuing and root certificate, so that a joining agent can compare the root with its token. */
  readonly leaf: ListenerLeaf
  readonly clientAuthorities: readonly string[]
  /** Judges tokens and certificates; rejects with coded errors. */
  readonly enrolment: {
    enrol(request: EnrolRequest): Promise<EnrolResponse>
    renew(certificate: Uint8Array, csr: string): Promise<RenewResponse>
    authenticate(certificate: Uint8Array): Promise<{ readonly device: DeviceId }>
  }
  readonly store: {
    desired(device: DeviceId): Promise<DesiredRow | undefined>
    artifact(digest: Digest): Promise<Uint8Array | undefined>
    trust(): Promise<{ readonly envelope: Envelope } | undefined>
  }
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Each refused request, for logs and counters. `cause` is there for failures of the server itself. */
  readonly onRefused?: (refusal: { readonly code: ErrorCode; readonly path: string; readonly cause?: unknown }) => void
  /** A device joined. */
  readonly onEnrolled?: (device: DeviceId, project: ProjectId) => void
}

export interface ListenerLeaf {
  readonly chain: string
  readonly key: string
  /** Instead of those that the listener was made with: roots may be replaced while it runs. */
  readonly clientAuthorities?: readonly string[]
}

export interface DeviceListener {
  readonly port: number
  /** Connections from now on get this certificate. */
  useLeaf(leaf: ListenerLeaf): void
  close(): Promise<void>
}

/** Starts to listen. Rejects where the port is taken. */
export async function createDeviceListener(options: DeviceListenerOptions): Promise<DeviceListener> {
  const routes = new DeviceRoutes(options)
  const context = ({ chain, key, clientAuthorities }: ListenerLeaf) => ({
    cert: chain,
    key,
    ca: [...(clientAuthorities ?? options.clientAuthorities)],
  })
  const server = createServer(
    {
      ...context(options.leaf),
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => void routes.handle(request, response),
  )
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.setTimeout(IDLE_TIMEOUT_MS)
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    useLeaf: (leaf) => server.setSecureContext(context(leaf)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

class DeviceRoutes {
  private readonly options: DeviceListenerOptions
  private readonly failures = new FailureLimit()

  constructor(options: DeviceListenerOptions) {
    this.options = options
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    try {
      await this.route(path, request, response)
    } catch (error) {
      const waitMs = error instanceof OcelliError ? error.details?.retryAfterMs : undefined
      const retry: Record<string, string> =
        typeof waitMs === 'number' ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {}
      // What is left of a refused body is not read: the connection ends with the answer.
      const code = sendProblem(response, error, request.complete ? retry : { ...retry, connection: 'close' })
      this.options.onRefused?.({ code, path, ...(code === 'server.internal' ? { cause: error } : {}) })
    }
  }

  private async route(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', rest] = /^\/device\/v1\/([a-z]+)(?:\/(.*))?$/.exec(path) ?? []
    const isKnown = Object.hasOwn(ALLOWED_METHODS, name) && (rest === undefined) === (name !== 'artifacts')
    if (!isKnown || ALLOWED_METHODS[name as keyof typeof ALLOWED_METHODS] !== request.method) {
      throw new OcelliError('request.notFound', `There is no ${request.method} ${path.slice(0, 128)}`)
    }
    switch (name as keyof typeof ALLOWED_METHODS) {
      case 'enrol':
        return this.enrol(request, response)
      case 'renew': {
        const certificate = peerCertificate(request)
        const { csr } = await readBody(request, readRenewRequest)
        return sendJson(response, 200, await this.options.enrolment.renew(certificate, csr))
      }
      case 'trust': {
        await this.options.enrolment.authenticate(peerCertificate(request))
        const trust = await this.options.store.trust()
        if (trust === undefined) throw new OcelliError('request.notFound', 'There is no trust document yet')
        return sendJson(response, 200, trust.envelope)
      }
      case 'artifacts': {
        const { device } = await this.options.enrolment.authenticate(peerCertificate(request))
        return this.artifact(device, rest ?? '', request, response)
      }
    }
  }

  private async enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { enrolment, clock, onEnrolled } = this.options
    const address = request.socket.remoteAddress ?? ''
    const waitMs = this.failures.waitMs(address, clock.monotonicMs())
    if (waitMs > 0) {
      throw new OcelliError('server.busy', 'Too many failed enrolments from this address', {
        details: { retryAfterMs: waitMs },
      })
    }
    const body = await readBody(request, readEnrolRequest)
    try {
      const answer = await enrolment.enrol(body)
      onEnrolled?.(answer.device, answer.project)
      sendJson(response, 200, answer)
    } catch (error) {
      if (error instanceof OcelliError && error.code === 'enrolment.invalid') {
        this.failures.failed(address, clock.monotonicMs())
      }
      throw error
    }
  }

  /** A device may fetch what its own desired state names, and nothing else. */
  private async artifact(
    device: DeviceId,
    text: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const digest = parseDigest(decodeURIComponentOrEmpty(text))
    const desired = digest && (await this.options.store.desired(device))
    const bytes =
      digest && desired && namedDigests(desired).has(digest) ? await this.options.store.artifact(digest) : undefined
    // One answer for "not there" and "not yours": the difference is not for devices to know.
    if (bytes === undefined)
      throw new OcelliError('request.notFound', `No artifact ${text.slice(0, 80)} for this device`)
    const range = request.headers.range
    const offset = range === undefined ? 0 : rangeOffset(range)
    const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' }
    if (offset === undefined) throw new OcelliError('request.invalid', 'range: only bytes=<offset>- is understood')
    if (range !== undefined && offset >= bytes.byteLength) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${bytes.byteLength}`, 'content-length': 0 })
      response.end()
      return
    }
    const body = bytes.subarray(offset)
    const partial = range === undefined ? {} : contentRange(offset, bytes.byteLength)
    response.writeHead(range === undefined ? 200 : 206, { ...headers, ...partial, 'content-length': body.byteLength })
    response.end(body)
  }
}

/** Digests of components, signatures and configurations in a desired state. */
function namedDigests(desired: Pick<DesiredRow, 'instances'>): ReadonlySet<Digest> {
  return new Set(
    desired.instances.flatMap(({ components, config }) => [
      ...components.flatMap(({ digest, signature }) => [digest, signature]),
      ...('digest' in config ? [config.digest] : []),
    ]),
  )
}

function peerCertificate(request: IncomingMessage): Uint8Array {
  const { socket } = request
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined
  if (certificate === undefined) {
    throw new OcelliError('certificate.invalid', 'A client certificate is needed')
  }
  return certificate
}

/** The offset of `bytes=<offset>-` (RFC 9110, 14.1.2); `undefined` for any other form. */
function rangeOffset(range: string): number | undefined {
  const [, digits] = /^bytes=(\d{1,15})-$/.exec(range.trim()) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function contentRange(offset: number, size: number): Record<string, string> {
  return { 'content-range': `bytes ${offset}-${size - 1}/${size}` }
}

function decodeURIComponentOrEmpty(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
