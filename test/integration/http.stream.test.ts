import { connect } from 'node:net'
import type { DeviceId, InstanceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { RESUME_WINDOW } from '@ocelli/server/http/stream/records'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ServerEvent } from '../support/server-client.ts'
import { MOTION, ServerWorld } from '../support/server-world.ts'
import { waitUntil } from '../support/wait-until.ts'

const STREAM = 's-aaaaaaaaaaaaaaaa'

let world: ServerWorld
let yard: DeviceId
let instance: InstanceId
let ended: AbortController
let sent = 0

beforeEach(async () => {
  world = await ServerWorld.start()
  ended = new AbortController()
  sent = 0
  yard = await world.device({ name: 'yard' })
  const applied = await world.admin.ok('applyChange', { body: { manifests: MOTION } })
  instance = applied.changes[0]?.plan?.touched[0]?.start[0]?.instance as InstanceId
})
afterEach(async () => {
  ended.abort()
  await world.stop()
})

const measurement = (sequence: number, over: Record<string, unknown> = {}) => ({
  ...{ kind: 'measurement', sequence, atMs: Date.now(), synchronised: true, boot: 'b', instance, revision: 1 },
  ...{ role: 'live', imager: 'cam0', name: 'motion', unit: '1', value: sequence, ...over },
})

/** Most records that fit a batch. */
const BATCH = 500

/** Sends records with the next sequence numbers; resolves when the server has acknowledged them. */
async function put(count: number, over: Record<string, unknown> = {}): Promise<void> {
  if (count > BATCH) {
    await put(BATCH, over)
    return put(count - BATCH, over)
  }
  const first = sent + 1
  sent += count
  const records = Array.from({ length: count }, (_, index) => measurement(first + index, over))
  world.bus.say(topics.telemetry(yard), { stream: STREAM, first, last: sent, oldestHeld: first, records })
  const acknowledged = () =>
    world.bus.on(topics.ack(yard)).some((ack) => (ack as { committed: number }).committed >= sent)
  await waitUntil(acknowledged, `${sent} records are acknowledged`)
}

/** The next `count` events of a stream. */
async function take(stream: AsyncGenerator<ServerEvent>, count: number): Promise<ServerEvent[]> {
  const events: ServerEvent[] = []
  while (events.length < count) {
    const { value, done } = await stream.next()
    if (done) throw new Error(`the stream ended after ${events.length} of ${count} events`)
    events.push(value)
  }
  return events
}

const values = (events: readonly ServerEvent[]) =>
  events
    .filter(({ event }) => event === 'record')
    .map(({ data }) => (data as { record: { value: number } }).record.value)

test('records come as they are committed, with names and a cursor', async () => {
  const stream = world.admin.stream({}, ended.signal)
  const [ready] = await take(stream, 1)
  expect(ready).toMatchObject({ event: 'ready' })
  await put(2)
  const events = await take(stream, 2)
  expect(events[0]).toMatchObject({
    event: 'record',
    data: { deviceName: 'yard', deploymentName: 'moves', record: { value: 1 } },
  })
  expect(events.map(({ id }) => id)).toEqual(events.map(({ data }) => (data as { cursor: string }).cursor))
})

test('who comes back with the last event id misses nothing and gets nothing twice', async () => {
  const first = world.admin.stream({}, ended.signal)
  await take(first, 1)
  await put(3)
  const seen = await take(first, 3)
  ended.abort()
  await put(2500)
  ended = new AbortController()
  const again = world.admin.stream({ headers: { 'last-event-id': seen[2]?.id ?? '' } }, ended.signal)
  const caught = await take(again, 2501)
  await put(2)
  caught.push(...(await take(again, 2)))
  expect(values(caught)).toEqual(Array.from({ length: 2502 }, (_, index) => index + 4))
}, 120_000)

test('what commits while a client catches up comes once and in order', async () => {
  await put(1)
  const [cursor] = (await world.admin.ok('listRecords')).items.map((item) => item.cursor)
  await put(4000)
  const stream = world.admin.stream({ query: { after: cursor ?? '' } }, ended.signal)
  const putting = (async () => {
    for (let batch = 0; batch < 5; batch++) await put(50)
  })()
  const events = await take(stream, 4000 + 250 + 1)
  await putting
  expect(values(events)).toEqual(Array.from({ length: 4250 }, (_, index) => index + 2))
}, 120_000)

test('past the window the client is told to read again, and goes on live', async () => {
  await put(1)
  const [cursor] = (await world.admin.ok('listRecords')).items.map((item) => item.cursor)
  await put(RESUME_WINDOW + 500)
  const stream = world.admin.stream({ query: { after: cursor ?? '' } }, ended.signal)
  const events = await take(stream, RESUME_WINDOW + 2)
  expect(events.at(-2)).toMatchObject({ event: 'reset', data: { reason: expect.stringContaining(`${RESUME_WINDOW}`) } })
  expect(events.at(-1)?.event).toBe('ready')
  await put(1)
  const [next] = await take(stream, 1)
  expect(values(next ? [next] : [])).toEqual([sent])
}, 60_000)

test('filters hold live as well as for what was missed', async () => {
  const other = world.admin.stream({ query: { name: 'humidity' } }, ended.signal)
  const logs = world.admin.stream({ query: { kind: 'log' } }, ended.signal)
  await take(other, 1)
  await take(logs, 1)
  await put(2)
  await put(1, { name: 'humidity' })
  await put(1, { kind: 'log', level: 'warn', context: 'main', message: 'dark' })
  expect(await take(other, 1)).toMatchObject([{ data: { record: { name: 'humidity' } } }])
  expect(await take(logs, 1)).toMatchObject([{ data: { record: { kind: 'log', message: 'dark' } } }])
  expect((await world.admin.fetch('GET', '/api/v1/stream', { query: { deployment: 'nobody' } })).status).toBe(404)
  expect((await world.admin.fetch('GET', '/api/v1/stream', { query: { after: 'nonsense' } })).status).toBe(400)
})

test('a client that reads nothing is let go and told so, and its neighbour is not held up', async () => {
  const neighbour = world.admin.stream({}, ended.signal)
  await take(neighbour, 1)
  const { port } = new URL(world.url)
  const slow = connect(Number(port), '127.0.0.1')
  slow.on('error', () => {})
  slow.write(`GET /api/v1/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.admin.token}\r\n\r\n`)
  await new Promise((resolve) => slow.once('data', resolve))
  slow.pause()
  const clients = async () => {
    const { body } = await world.admin.send('GET', '/metrics')
    return Number(/ocelli_stream_clients (\d+)/.exec(String(body))?.[1])
  }
  await waitUntil(async () => (await clients()) === 2, 'both are counted')
  const padding = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`label${index}`, 'x'.repeat(200)]))
  let received = 0
  while ((await clients()) > 1) {
    if (received > 20_000) throw new Error('the slow client was never let go')
    await put(100, { labels: padding })
    received += (await take(neighbour, 100)).length
  }
  let text = ''
  slow.on('data', (chunk) => {
    text = (text + chunk).slice(-4096)
  })
  const closed = new Promise((resolve) => slow.once('close', resolve))
  slow.resume()
  await closed
  expect(text).toContain('event: dropped')
}, 60_000)
