/**
 * A small HTTP interface of the simulator, on the loopback address only: the truth beside the outputs, and cables to pull.
 * It is no part of the product's API: a control plane cannot tell a simulated device from a real one.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ERRORS, type ErrorCode } from '@ocelli/schemas/errors'
import type { FleetDevice } from './fleet-device.ts'
import { MAX_SAMPLES, type TimeBase, truthOf } from './truth.ts'

export interface ControlServerOptions {
  readonly devices: () => readonly FleetDevice[]
  readonly time: TimeBase
  readonly bootId: string
  /** 0 takes a free one. */
  readonly port: number
}

export interface ControlServer {
  readonly url: string
  close(): Promise<void>
}

type Answer = { readonly body: unknown } | { readonly code: ErrorCode; readonly detail: string }

/** Where a query names no time: the last minute. */
const DEFAULT_SPAN_MS = 60_000
const DEFAULT_STEP_MS = 500

export function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const server = createServer((request, response) => {
    request.resume()
    send(response, fromHere(request) ? answer(options, request) : foreign())
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
          }),
      })
    })
  })
}

/** A web page that somebody looks at must not pull cables: browsers name the page's origin, and a rebound name shows in the host. */
function fromHere(request: IncomingMessage): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  return request.headers.origin === undefined && (host === '127.0.0.1' || host === 'localhost')
}

const foreign = (): Answer => ({ code: 'request.invalid', detail: 'requests come from this machine, not from a page' })

function answer(options: ControlServerOptions, request: IncomingMessage): Answer {
  const url = URL.canParse(request.url ?? '', 'http://127.0.0.1')
    ? new URL(request.url ?? '', 'http://127.0.0.1')
    : undefined
  const path = url?.pathname.split('/').filter((part) => part !== '') ?? []
  const method = request.method ?? 'GET'
  if (url && method === 'GET' && path.join('/') === 'devices')
    return { body: { items: options.devices().map(describe) } }
  if (url && method === 'GET' && path.join('/') === 'truth') return truthAnswer(options, url.searchParams)
  if (url && method === 'GET' && path.join('/') === 'truth/now') return { body: { items: truthNow(options) } }
  const [devices, device, imagers, imager, action] = path
  if (method === 'POST' && devices === 'devices' && imagers === 'imagers' && path.length === 5) {
    return cable(options, decode(device), decode(imager), action)
  }
  return {
    code: 'request.notFound',
    detail: `${method} ${request.url}: there are GET /devices, /truth, /truth/now and POST /devices/<name>/imagers/<id>/plug or unplug`,
  }
}

function describe(device: FleetDevice) {
  const { member, identity, imagers, agent } = device
  const plugged = new Set(imagers.list())
  const status = agent.status()
  return {
    device: identity.name,
    deviceId: identity.device,
    profile: member.profile,
    link: status.link,
    instances: status.instances.length,
    imagers: imagers.all().map((imager) => ({
      imager: imager.facts.id,
      model: imager.facts.model,
      scene: imager.scene.name,
      plugged: plugged.has(imager),
    })),
  }
}

/** One line for each imager that is plugged in. */
function truthNow({ devices, time }: ControlServerOptions) {
  const atMs = time.wallMs()
  const query = { fromMs: atMs, toMs: atMs, stepMs: DEFAULT_STEP_MS, boxes: false }
  return devices().flatMap(({ identity, imagers }) =>
    truthOf(imagers.list(), query, time).flatMap(({ imager, scene, samples }) =>
      samples.map((sample) => ({ device: identity.name, deviceId: identity.device, imager, scene, ...sample })),
    ),
  )
}

function truthAnswer(options: ControlServerOptions, query: URLSearchParams): Answer {
  const device = find(options, query.get('device') ?? '')
  if (!device) return { code: 'request.notFound', detail: `there is no device "${query.get('device') ?? ''}"` }
  const nowMs = options.time.wallMs()
  const toMs = readTime(query.get('to'), nowMs)
  const fromMs = readTime(query.get('from'), (toMs ?? nowMs) - DEFAULT_SPAN_MS)
  const stepMs = Number(query.get('stepMs') ?? DEFAULT_STEP_MS)
  if (toMs === undefined || fromMs === undefined || fromMs > toMs) {
    return {
      code: 'request.invalid',
      detail: 'from and to are milliseconds since 1970 or ISO 8601 times, from not after to',
    }
  }
  if (!(stepMs >= 1) || (toMs - fromMs) / stepMs >= MAX_SAMPLES) {
    return { code: 'request.invalid', detail: `stepMs is a number from 1, for at most ${MAX_SAMPLES} samples` }
  }
  const boxes = query.get('boxes') === 'true'
  return {
    body: {
      device: device.identity.name,
      deviceId: device.identity.device,
      bootId: options.bootId,
      items: truthOf(device.imagers.all(), { fromMs, toMs, stepMs, boxes }, options.time),
    },
  }
}

function cable(options: ControlServerOptions, deviceName: string, imager: string, action: string | undefined): Answer {
  const device = find(options, deviceName)
  if (!device?.imagers.all().some((known) => known.facts.id === imager)) {
    return { code: 'request.notFound', detail: `there is no imager "${imager}" of a device "${deviceName}"` }
  }
  if (action !== 'plug' && action !== 'unplug') {
    return { code: 'request.notFound', detail: `"${action}" is neither plug nor unplug` }
  }
  const done = action === 'plug' ? device.imagers.plug(imager) : device.imagers.unplug(imager)
  if (!done) return { code: 'request.conflict', detail: `${imager} of ${deviceName} is ${action}ged already` }
  return { body: { device: device.identity.name, imager, plugged: action === 'plug' } }
}

/** By id, by the name that the server gave, or by the name in the plan of the fleet. */
function find(options: ControlServerOptions, name: string): FleetDevice | undefined {
  const all = options.devices()
  return (
    all.find(({ identity }) => identity.device === name || identity.name === name) ??
    all.find(({ member }) => member.name === name)
  )
}

function readTime(text: string | null, fallbackMs: number): number | undefined {
  if (text === null) return fallbackMs
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    return ''
  }
}

/** Errors as RFC 9457 problem details, with the codes of the product. */
function send(response: ServerResponse, result: Answer): void {
  if ('body' in result) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(result.body))
    return
  }
  const { status, title } = ERRORS[result.code]
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ status, title, code: result.code, detail: result.detail }))
}
