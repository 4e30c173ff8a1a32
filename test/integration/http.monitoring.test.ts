/** What those who watch ask of the API and the command line: ranges, exports, logs, timelines, presence, filtered devices. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from '../support/server-client.ts'
import { ServerWorld } from '../support/server-world.ts'
import { instanceId, measurement, streamId } from '../support/store-rows.ts'
import { waitUntil } from '../support/wait-until.ts'

const MINUTE_MS = 60_000
type Query = Readonly<Record<string, string | number | readonly string[]>>

const CLI = new URL('../../server/cli/main.ts', import.meta.url).pathname

let world: ServerWorld
let admin: ApiClient
let devices: readonly DeviceId[] = []
const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
const startMs = endMs - 10 * MINUTE_MS

/** Records of a device as they come over the wire. */
function put(device: DeviceId, stream: number, records: readonly object[]): void {
  const batch = { stream: streamId(stream), first: 1, last: records.length, oldestHeld: 1, records }
  world.bus.say(topics.telemetry(device), batch)
}

const at = (sequence: number, afterMs: number, value: number) =>
  measurement(sequence, { atMs: startMs + afterMs, value, name: 'people', unit: '1' })

beforeAll(async () => {
  world = await ServerWorld.start()
  admin = world.admin
  const one = await world.device({ name: 'hall', labels: { floor: '1' } })
  const two = await world.device({ name: 'gate', labels: { floor: '2' } })
  devices = [one, two]
  put(one, 1, [
    at(1, 0, 1),
    at(2, 10_000, 3),
    // Two minutes without a value: a gap.
    at(3, 180_000, 5),
    { ...at(4, 185_000, 0), kind: 'log', level: 'error', context: 'main', message: '=no lens, "cap on"' } as never,
    { ...at(5, 186_000, 0), kind: 'log', level: 'debug', context: 'main', message: 'frame 5' } as never,
    { ...at(6, 187_000, 0), kind: 'event', name: 'door', severity: 'warning', attributes: { open: true } } as never,
    { ...at(7, 190_000, 99), role: 'shadow' },
  ])
  put(two, 2, [{ ...at(1, 0, 10), instance: instanceId(2) }])
  const count = async () => (await admin.ok('listRecords', { query: { role: 'any', limit: 100 } })).items.length
  await waitUntil(async () => (await count()) === 8, 'all records are there')
  await world.store.rollUp(1_000, Date.now())
})
afterAll(() => world.stop())

const range = { fromMs: startMs, toMs: endMs }

describe('ranges', () => {
  test('choose what they read, leave gaps, and name units and devices', async () => {
    const list = await admin.ok('listRanges', { query: { ...range, name: ['people'], maxPoints: 12 } })
    expect(list).toMatchObject({ resolution: 'minute', intervalMs: MINUTE_MS, fromMs: startMs, toMs: endMs })
    const hall = list.items.find(({ deviceName }) => deviceName === 'hall')
    expect(hall).toMatchObject({
      unit: '1',
      atMs: [startMs, startMs + 3 * MINUTE_MS],
      value: [2, 5],
      min: [1, 5],
      max: [3, 5],
      count: [2, 1],
    })
    const fine = await admin.ok('listRanges', { query: { ...range, device: ['hall'] } })
    expect(fine).toMatchObject({ resolution: 'raw', intervalMs: 2_000 })
    expect(fine.items[0]?.value).toEqual([1, 3, 5])
  })

  test('group by label, combine, and keep shadows apart', async () => {
    const query = { ...range, resolution: 'minute', maxPoints: 12 } as const
    const floors = await admin.ok('listRanges', { query: { ...query, groupBy: 'label.floor' } })
    expect(floors.items.map(({ label, value }) => [label?.value, value])).toEqual([
      ['1', [2, 5]],
      ['2', [10]],
    ])
    const all = await admin.ok('listRanges', { query: { ...query, groupBy: 'none', combine: 'sum' } })
    expect(all.items[0]?.value).toEqual([12, 5])
    const shadow = await admin.ok('listRanges', { query: { ...query, role: 'shadow' } })
    expect(shadow.items[0]?.value).toEqual([99])
    const labelled = await admin.ok('listRanges', { query: { ...query, label: ['floor=2'] } })
    expect(labelled.items.map(({ deviceName }) => deviceName)).toEqual(['gate'])
  })

  test('are refused where they make no sense', async () => {
    expect((await admin.refused('listRanges', { query: { fromMs: 5, toMs: 5 } })).code).toBe('request.invalid')
    expect((await admin.refused('listRanges', { query: { device: ['nobody'] } })).code).toBe('request.notFound')
    expect((await admin.refused('listRanges', { query: { fleet: 'none' } })).code).toBe('request.notFound')
  })

  test('come as CSV and as one JSON document a line', async () => {
    const csv = await admin.send(
      'GET',
      `/api/v1/ranges?fromMs=${startMs}&toMs=${endMs}&resolution=minute&maxPoints=12&format=csv`,
    )
    const lines = String(csv.body).trimEnd().split('\r\n')
    expect(lines[0]).toBe('name,unit,device,deviceName,instance,deploymentName,label,atMs,value,min,max,count')
    expect(lines).toHaveLength(4)
    expect(lines).toContain(`people,1,${devices[1]},gate,${instanceId(2)},,,${startMs},10,10,10,1`)
  })
})

describe('records', () => {
  test('are found by level and text, live ones alone where nothing is said', async () => {
    const sequences = async (query: Query) =>
      (await admin.ok('listRecords', { query })).items.map(({ record }) => record.sequence)
    expect(await sequences({ device: 'hall', kind: ['measurement'] })).toEqual([1, 2, 3])
    expect(await sequences({ device: 'hall', role: 'shadow' })).toEqual([7])
    expect(await sequences({ kind: ['log'], level: 'warn' })).toEqual([4])
    expect(await sequences({ kind: ['log'], text: 'FRAME' })).toEqual([5])
    expect(await sequences({ text: 'door' })).toEqual([6])
  })

  test('are exported whole, and what a spreadsheet would run is quoted', async () => {
    const headers = { accept: 'application/x-ndjson' }
    const ndjson = await (await admin.fetch('GET', '/api/v1/records?role=any', { headers })).text()
    const items = ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { cursor: string })
    expect(items).toHaveLength(8)
    const csv = await admin.send('GET', '/api/v1/records?kind=log&format=csv')
    expect(String(csv.body)).toContain(`"'=no lens, ""cap on"""`)
  })
})

describe('a device', () => {
  test('tells its story and when it was there', async () => {
    const [hall = '' as DeviceId] = devices
    world.bus.say(topics.presence(hall), { state: 'lost', session: { certificate: 1, start: 1 } })
    await waitUntil(async () => (await world.store.device(hall))?.presence === 'lost', 'it is lost')
    world.bus.say(topics.presence(hall), { state: 'online', session: { certificate: 1, start: 2 } })
    await waitUntil(async () => (await world.store.device(hall))?.presence === 'online', 'it is back')
    const { items } = await admin.ok('getDeviceTimeline', { params: { device: 'hall' }, query: { kind: ['presence'] } })
    expect(items.map(({ text }) => text)).toEqual([
      'came online',
      'was lost: its connection ended without a goodbye',
      'came online',
    ])
    const first = await admin.ok('getDeviceTimeline', { params: { device: 'hall' }, query: { limit: 2 } })
    const rest = await admin.ok('getDeviceTimeline', { params: { device: 'hall' }, query: { after: first.next ?? '' } })
    const whole = await admin.ok('getDeviceTimeline', { params: { device: 'hall' } })
    expect([...first.items, ...rest.items]).toEqual(whole.items)
    const history = await admin.ok('getDevicePresence', { params: { device: 'hall' } })
    expect(history.spans.slice(-3).map(({ state }) => state)).toEqual(['online', 'lost', 'online'])
    const holes = history.spans.slice(1).filter((span, index) => span.fromMs !== history.spans[index]?.toMs)
    expect(holes).toEqual([])
  })

  test('is found among others, page by page, with what can be filtered by', async () => {
    const names = async (query: Query) => (await admin.ok('listDevices', { query })).items.map(({ name }) => name)
    expect(await names({ text: 'GATE' })).toEqual(['gate'])
    expect(await names({ label: ['floor=1'], presence: ['online', 'lost'] })).toEqual(['hall'])
    expect(await names({ sort: '-name' })).toEqual(['hall', 'gate'])
    const page = await admin.ok('listDevices', { query: { limit: 1 } })
    expect(page).toMatchObject({ total: 2, next: page.items[0]?.id })
    expect((await admin.ok('listDevices', { query: { limit: 1, after: page.next ?? '' } })).next).toBeUndefined()
    expect((await admin.refused('listDevices', { query: { after: 'x' } })).code).toBe('request.invalid')
    const facets = await admin.ok('getDeviceFacets', {})
    expect(facets.labels).toEqual([
      {
        key: 'floor',
        values: [
          { value: '1', count: 1 },
          { value: '2', count: 1 },
        ],
      },
    ])
    expect(facets.presence).toEqual([{ value: 'online', count: 2 }])
  })
})

describe('the rest of the house', () => {
  test('keeps history as long as an admin says', async () => {
    const viewer = await world.client('viewer')
    const body = { logsMs: 86_400_000 }
    expect((await viewer.refused('editRetention', { body })).code).toBe('auth.forbidden')
    expect(await admin.ok('editRetention', { body })).toMatchObject(body)
    expect(await viewer.ok('getRetention', {})).toMatchObject({ ...body, measurementsMs: 14 * 86_400_000 })
  })

  test('counts the fleet for Prometheus with labels that do not grow with it', async () => {
    const text = String((await admin.send('GET', '/metrics')).body)
    expect(text).toContain('ocelli_devices{project="default",presence="online"} 2')
    expect(text).toContain('ocelli_alerts{project="default",state="firing",severity="critical"} 0')
    expect(text).not.toContain(String(devices[0]))
    const dashboard = readFileSync(new URL('../../server/docs/grafana.json', import.meta.url), 'utf8')
    const shown = new Set(dashboard.match(/\bocelli_[a-z_]+(?=[{([)\]])/g))
    expect([...shown].filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([])
    expect(shown.size).toBeGreaterThan(8)
    const health = await admin.send('GET', '/healthz')
    expect(health.body).toMatchObject({ status: 'ok', checks: [{ name: 'eventLoop', ok: true }] })
  })

  test('answers the command line, for people and for scripts', async () => {
    const { token } = await admin.ok('createAccessToken', { body: { name: 'cli', role: 'viewer' } })
    const env = { ...process.env, OCELLI_URL: world.url, OCELLI_TOKEN: token }
    const ocelli = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [CLI, ...args], { env })).stdout
    const [outputs, logs, events, top, alerts] = await Promise.all([
      ocelli('outputs', '-o', 'json'),
      ocelli('logs', '--level', 'error', '-o', 'json'),
      ocelli('events', '--name', 'door'),
      ocelli('top', '-o', 'yaml'),
      ocelli('alerts', '-o', 'json'),
    ])
    expect(JSON.parse(outputs)).toMatchObject([
      { name: 'people', value: 5 },
      { name: 'people', value: 10 },
    ])
    expect(JSON.parse(logs)).toMatchObject({ record: { message: '=no lens, "cap on"' } })
    expect(events).toContain('EVENT door (warning) {"open":true}')
    expect(top).toContain('recordsPerSecond')
    expect(JSON.parse(alerts)).toEqual([])
    await expect(ocelli('logs', '--level', 'loud')).rejects.toMatchObject({ code: 64 })
  }, 60_000)
})
