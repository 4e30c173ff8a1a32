/** Alerts on a running control plane: over restarts, with many devices at once, to a real HTTP receiver. */
import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookBody } from '@ocelli/schemas/api/alert'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { createSigner } from '@ocelli/server/identity/keys'
import { SYSTEM_CLOCK } from '@ocelli/server/open-server'
import { createServerCore, type ServerCore } from '@ocelli/server/server'
import { createMemoryStore, MemoryDisk } from '@ocelli/server/store/memory'
import { signature } from '@ocelli/server/webhooks/sender'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ListBus, ServerWorld } from '../support/server-world.ts'
import { auditRow, enrolDevices, enrolmentToken, PROJECT } from '../support/store-rows.ts'
import { waitUntil } from '../support/wait-until.ts'

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly body: WebhookBody
}

/** A receiver that answers as it is told. */
class Receiver {
  readonly received: Received[] = []
  readonly answers: number[] = []
  readonly #server: HttpServer
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        this.received.push({ headers: request.headers, text, body: JSON.parse(text) as WebhookBody })
        response.writeHead(this.answers.shift() ?? 204).end()
      })
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** Transitions, as a receiver that remembers ids would count them. */
  events(): Map<string, WebhookBody['alerts'][number]> {
    return new Map(this.received.flatMap(({ body }) => body.alerts.map((one) => [one.delivery, one] as const)))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

let receiver: Receiver
beforeAll(async () => {
  receiver = new Receiver()
  await receiver.start()
})
afterAll(() => receiver.stop())
afterEach(() => {
  receiver.received.length = 0
  receiver.answers.length = 0
})

const SECRET = randomBytes(32)
const AFTER_MS = 1_500
const GRACE_MS = 400

/** The machine's clock, with what it still owes. */
function owingClock() {
  const owed = new Set<() => void>()
  return {
    owed,
    wallMs: SYSTEM_CLOCK.wallMs,
    monotonicMs: SYSTEM_CLOCK.monotonicMs,
    setTimer(delayMs: number, fn: () => void) {
      const cancel = SYSTEM_CLOCK.setTimer(delayMs, () => {
        owed.delete(fn)
        fn()
      })
      owed.add(fn)
      return () => {
        owed.delete(fn)
        cancel()
      }
    },
  }
}

/** One life of a control plane on a disk that outlives it. */
async function startCore(disk: MemoryDisk): Promise<{ core: ServerCore; bus: ListBus; stop: () => Promise<void> }> {
  const store = createMemoryStore({ disk })
  const bus = new ListBus()
  const clock = owingClock()
  const core = createServerCore({
    store,
    bus,
    clock,
    random: { bytes: (_purpose, count) => randomBytes(count) },
    signer: createSigner(generateKeyPairSync('ed25519').privateKey),
    hash: (bytes) => createHash('sha256').update(bytes).digest(),
    alerts: { graceMs: GRACE_MS, retryPausesMs: [20, 20, 20] },
    async sendWebhook({ url }, { id, timestampSeconds, body }) {
      const headers = { 'webhook-id': id, 'webhook-signature': signature(SECRET, id, timestampSeconds, body) }
      const answer = await fetch(url, { method: 'POST', headers, body })
      return answer.ok ? { ok: true } : { ok: false, error: `HTTP ${answer.status}`, gone: false }
    },
  })
  await core.start()
  return {
    core,
    bus,
    async stop() {
      await core.stop()
      // What runs on after its store is closed sends what it cannot note.
      expect(clock.owed.size).toBe(0)
      await store.close()
    },
  }
}

const say = (bus: ListBus, device: DeviceId, state: 'online' | 'lost', start: number) =>
  bus.say(topics.presence(device), { state, session: { certificate: 1, start } })

describe('an alert for a silent device', () => {
  it('fires within its time and once, over ten restarts and with 200 devices that reconnect at once', async () => {
    const disk = new MemoryDisk()
    const store = createMemoryStore({ disk })
    await store.addEnrolmentToken(enrolmentToken(), auditRow())
    const [silent, ...others] = await enrolDevices(store, 201)
    if (silent === undefined) return expect.unreachable()
    await store.putReceiver(
      { project: PROJECT, name: 'ops', url: receiver.url, sealed: new Uint8Array(), createdAtMs: 1 },
      auditRow(),
    )
    const condition = { deviceSilent: { afterMs: AFTER_MS } }
    const spec = { condition, notify: ['ops'], groupWaitMs: 0 }
    await store.putAlertRule({ project: PROJECT, name: 'silent', spec }, 1, auditRow())

    let life = await startCore(disk)
    for (const device of [silent, ...others]) say(life.bus, device, 'online', 1)
    await waitUntil(
      async () => (await store.devices(PROJECT)).every(({ presence }) => presence === 'online'),
      'all devices are online',
    )
    say(life.bus, silent, 'lost', 1)
    await waitUntil(async () => (await store.device(silent))?.presence === 'lost', 'one device is lost')
    const lostAtMs = Date.now()

    for (let restart = 1; restart <= 10; restart++) {
      await life.stop()
      life = await startCore(disk)
      // The broker hands over all that come back, in one burst; the silent one does not.
      for (const device of others) say(life.bus, device, 'online', 1 + restart)
      await waitUntil(
        async () => (await store.devices(PROJECT)).filter(({ presence }) => presence === 'online').length === 200,
        `200 devices are back after restart ${restart}`,
      )
      if (restart === 4) {
        // It may go off from here on: its time is over, and the grace time of this life will be.
        await waitUntil(() => receiver.events().size > 0, 'the alert fires', 90_000)
      }
    }
    const [alert] = await store.alerts({ project: PROJECT, limit: 10 })
    const firedAtMs = alert?.alert.firedAtMs ?? 0
    expect(firedAtMs - lostAtMs).toBeGreaterThanOrEqual(AFTER_MS - 200)
    // Three restarts lie before the fourth life, each within the time; what is left is grace, looks and a slow machine.
    expect(firedAtMs - lostAtMs).toBeLessThan(AFTER_MS + 15_000)

    say(life.bus, silent, 'online', 99)
    await waitUntil(() => receiver.events().size > 1, 'the alert resolves', 90_000)
    await life.stop()
    expect([...receiver.events().values()].map(({ event, alert: told }) => [event, told?.device])).toEqual([
      ['alert.firing', silent],
      ['alert.resolved', silent],
    ])
    const outbox = await store.deliveries(PROJECT, { limit: 100 })
    expect(outbox.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    expect(await store.alerts({ project: PROJECT, limit: 100 })).toHaveLength(1)
  }, 120_000)
})

const RULE = `
apiVersion: ocelli/v1
kind: Alert
metadata: { name: silent }
spec:
  condition: { deviceSilent: { afterMs: 1000 } }
  severity: critical
  groupBy: label.floor
  groupWaitMs: 300
  notify: [ops]
`

describe('alerts over the API', () => {
  it('are applied, told signed and together, taken on, silenced, retried and given up', async () => {
    const world = await ServerWorld.start()
    try {
      const { admin, store, bus } = world
      const refused = await admin.refused('applyChange', { body: { manifests: RULE } })
      expect(refused).toMatchObject({ code: 'request.notFound', detail: expect.stringContaining('ops') })
      const made = await admin.ok('putReceiver', { params: { name: 'ops' }, body: { url: receiver.url } })
      const key = Buffer.from(made.secret.replace('whsec_', ''), 'base64')
      const applied = { changes: [{ kind: 'applyAlert', name: 'silent', outcome: 'applied' }] }
      expect(await admin.ok('applyChange', { body: { manifests: RULE } })).toEqual(applied)
      expect((await admin.ok('applyChange', { body: { manifests: RULE } })).changes).toMatchObject([
        { outcome: 'unchanged' },
      ])

      const ids: DeviceId[] = []
      for (const floor of ['1', '1', '2']) ids.push(await world.device({ labels: { floor } }))
      receiver.answers.push(500, 500)
      for (const id of ids) bus.say(topics.presence(id), { state: 'lost', session: { certificate: 1, start: 1 } })
      await waitUntil(
        async () => receiver.events().size === 3 && (await dead(store)) === 0,
        'all three are told',
        90_000,
      )
      await waitUntil(
        async () => (await store.deliveries(PROJECT, { states: ['delivered'], limit: 9 })).length === 3,
        'all are delivered',
        90_000,
      )
      const messages = new Map(receiver.received.map(({ headers, body }) => [headers['webhook-id'], body]))
      // One message for each floor, or for those of it that fell silent within the wait for a group.
      const sizes: Record<string, number> = {}
      for (const { group, alerts } of messages.values()) sizes[group] = (sizes[group] ?? 0) + alerts.length
      expect(sizes).toEqual({ 'floor=1': 2, 'floor=2': 1 })
      for (const { headers, text } of receiver.received) {
        const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`
        const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
        expect(headers['webhook-signature']).toBe(expected)
      }

      const { items } = await admin.ok('listAlerts', {})
      expect(items).toHaveLength(3)
      const [first, second] = items
      if (first === undefined || second === undefined) return expect.unreachable()
      const viewer = await world.client('viewer')
      expect((await viewer.refused('acknowledgeAlert', { params: { id: first.id }, body: {} })).code).toBe(
        'auth.forbidden',
      )
      const [shown] = (await viewer.ok('listReceivers', {})).items
      expect(shown?.url).toBe(new URL(receiver.url).origin)
      expect((await admin.ok('listReceivers', {})).items[0]?.url).toBe(receiver.url)
      const taken = await admin.ok('acknowledgeAlert', { params: { id: first.id }, body: { note: 'on my way' } })
      expect(taken.acknowledged).toMatchObject({ by: 'root', note: 'on my way' })
      const status = await admin.ok('getStatus', {})
      expect(status.alerts).toEqual({ firing: 3, pending: 0, critical: 3, unacknowledged: 2 })
      expect(status.attention.filter(({ kind }) => kind === 'alert')).toHaveLength(2)

      await admin.ok('muteAlert', { params: { id: second.id }, body: { forMs: 60_000 } })
      const before = receiver.events().size
      for (const id of ids) bus.say(topics.presence(id), { state: 'online', session: { certificate: 1, start: 2 } })
      await waitUntil(() => receiver.events().size === before + 2, 'two are told to be over', 90_000)
      expect((await admin.ok('listAlerts', {})).items).toEqual([])
      expect((await admin.ok('listAlerts', { query: { state: ['resolved'] } })).items).toHaveLength(3)

      receiver.answers.push(503, 503, 503)
      const { deliveries } = await admin.ok('testAlertRule', { params: { name: 'silent' } })
      await waitUntil(async () => (await dead(store)) === 1, 'the test is given up', 90_000)
      const [given] = (await admin.ok('listDeliveries', {})).items
      expect(given).toMatchObject({ id: deliveries[0]?.id, state: 'dead', attempts: 3, lastError: 'HTTP 503' })
      await admin.ok('retryDelivery', { params: { id: given?.id ?? '' } })
      await waitUntil(
        async () => (await dead(store)) === 0 && receiver.received.at(-1)?.body.type === 'test',
        'it is sent again',
      )
      // The device whose alert somebody took on.
      const timeline = await admin.ok('getDeviceTimeline', { params: { device: first.device } })
      expect(new Set(timeline.items.map(({ kind }) => kind))).toEqual(
        new Set(['enrolled', 'presence', 'desired', 'alert', 'audit']),
      )
    } finally {
      await world.stop()
    }
  }, 120_000)
})

async function dead(store: ServerWorld['store']): Promise<number> {
  return (await store.deliveries(PROJECT, { states: ['dead'], limit: 9 })).length
}
