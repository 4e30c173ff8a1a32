/** The whole embedded server on real ports, with a device that is nothing but bytes on the wire. */
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplyResponse } from '@ocelli/schemas/api/change'
import { SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import { readMainOptions } from '@ocelli/server/main-options'
import { openServer, type RunningServer } from '@ocelli/server/open-server'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { ApiClient } from '../support/server-client.ts'
import { RawDevice } from '../support/server-device.ts'
import { inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'
import { buildSample } from '../support/wit-build.ts'

const SILENT = pino({ level: 'silent' })
const STREAM = 's-aaaaaaaaaaaaaaaa'
const MANIFEST = `
apiVersion: ocelli/v1
kind: Deployment
metadata: { name: moves }
spec:
  realisations: [{ name: main, component: motion@1.0.0 }]
  grants: [frames, measurements]
`

let dataDir = ''
let running: RunningServer
let admin: ApiClient
const devices: RawDevice[] = []

const start = () =>
  openServer(
    readMainOptions(
      ['--development', '--data-dir', dataDir, '--http-port', '0', '--device-port', '0', '--mqtt-port', '0'],
      {},
    ),
    SILENT,
  )

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'ocelli-server-'))
  running = await start()
  admin = new ApiClient(running.url, readFileSync(join(dataDir, 'admin.token'), 'utf8').trim())
}, 60_000)
afterAll(async () => {
  for (const device of devices) await device.close()
  await running.stop()
  rmSync(dataDir, { recursive: true })
})

async function enrolled(name: string): Promise<RawDevice> {
  const { token } = await admin.ok('createEnrolmentToken', { body: { labels: { floor: '1' } } })
  const device = await RawDevice.enrol(token, name)
  devices.push(device)
  await device.connect()
  return device
}

test('a device enrols, is placed, takes signed desired state, and its records come out once', async () => {
  expect(statSync(join(dataDir, 'admin.token')).mode & 0o777).toBe(0o600)

  const { component: bytes } = await buildSample('motion')
  const key = createPrivateKey(readFileSync(join(dataDir, 'keys', 'publisher.key')))
  const envelope = signStatement(stateComponent('motion', '1.0.0', bytes), key)
  const signature = Buffer.from(JSON.stringify(envelope)).toString('base64')
  const push = { params: { name: 'motion', version: '1.0.0' }, bytes, headers: { [SIGNATURE_HEADER]: signature } }
  expect((await admin.ok('pushComponent', push)).outcome).toBe('added')
  expect((await admin.ok('pushComponent', push)).outcome).toBe('same')

  const device = await enrolled('yard')
  await device.sayHello(inventory())
  await waitUntil(async () => {
    const found = await admin.ok('getDevice', { params: { device: 'yard' } })
    return found.presence === 'online' && found.inventory !== undefined
  }, 'the device is online with its inventory')

  const planned = await admin.ok('planChange', { body: { manifests: MANIFEST } })
  expect(planned.changes[0]?.plan.touched.map(({ name }) => name)).toEqual(['yard'])
  const applied = await admin.ok('applyChange', { body: { manifests: MANIFEST, ifPlan: planned.check } })
  expect(applied.changes).toMatchObject([{ kind: 'applyDeployment', name: 'moves', outcome: 'applied' }])
  const instance = (applied as ApplyResponse).changes[0]?.plan?.touched[0]?.start[0]?.instance
  await waitUntil(() => device.desired()?.instances.length === 1, 'desired state arrives, signed')
  const desired = device.desired()
  expect(desired).toMatchObject({ device: device.id, instances: [{ id: instance, imager: 'cam0' }] })

  const reported = {
    session: { certificate: 1, start: 1 },
    atMs: Date.now(),
    generation: desired?.generation,
    trustVersion: 1,
    instances: [
      {
        id: instance,
        revision: 1,
        realisation: 'main',
        digest: desired?.instances[0]?.components[0]?.digest,
        state: 'running',
        healthy: true,
        sinceMs: Date.now(),
        restarts: 0,
      },
    ],
    outbox: { stream: STREAM, offered: 2, accepted: 2, held: 2, heldBytes: 400, lost: 0 },
  }
  await device.publish('reported', reported)
  await waitUntil(
    async () => (await admin.ok('getDevice', { params: { device: device.id } })).converged,
    'the device has what it should have',
  )
  expect(await admin.ok('getDeployment', { params: { name: 'moves' } })).toMatchObject({
    devices: { placed: 1, refused: 0 },
    instances: { placed: 1, running: 1, healthy: 1, failing: 0 },
  })

  const ended = new AbortController()
  const stream = admin.stream({ query: { deployment: 'moves' } }, ended.signal)
  expect((await stream.next()).value).toMatchObject({ event: 'ready' })
  const record = (sequence: number, value: number) => ({
    ...{ kind: 'measurement', sequence, atMs: Date.now(), synchronised: true, boot: 'b', instance, revision: 1 },
    ...{ role: 'live', imager: 'cam0', name: 'motion', unit: '1', value },
  })
  const batch = { stream: STREAM, first: 1, last: 2, oldestHeld: 1, records: [record(1, 0.25), record(2, 0.5)] }
  await device.publish('telemetry', batch)
  await waitUntil(() => device.messages('ack').length === 1, 'the batch is acknowledged')
  expect(device.messages('ack')).toEqual([{ stream: STREAM, committed: 2 }])
  // Sent again since its acknowledgement was lost on the way.
  await device.publish('telemetry', batch)
  await waitUntil(() => device.messages('ack').length === 2, 'the position is answered again')
  const records = await admin.ok('listRecords', { query: { deployment: 'moves', kind: 'measurement' } })
  expect(records.items.map(({ record }) => record)).toMatchObject([{ value: 0.25 }, { value: 0.5 }])
  expect((await admin.ok('listOutputs')).items).toMatchObject([
    { deviceName: 'yard', deploymentName: 'moves', imager: 'cam0', name: 'motion', value: 0.5 },
  ])
  const streamed = [(await stream.next()).value, (await stream.next()).value]
  expect(streamed).toMatchObject([
    { event: 'record', id: records.items[0]?.cursor },
    { event: 'record', id: records.items[1]?.cursor },
  ])
  ended.abort()

  const other = await enrolled('gate')
  await other.sayHello(inventory({ imagers: [] }))
  await waitUntil(async () => {
    const { decisions } = await admin.ok('explainDeployment', {
      params: { name: 'moves' },
      query: { outcome: 'refused' },
    })
    return decisions.some(({ name, candidates }) => name === 'gate' && candidates.length > 0)
  }, 'a device without an imager is refused with reasons')
}, 60_000)

test('what is kept survives a restart, and two servers never share it', async () => {
  await expect(start()).rejects.toMatchObject({ code: 'storage.locked' })
  const before = await admin.ok('listRecords', {})
  await running.stop()
  running = await start()
  expect(running.adminToken.created).toBeUndefined()
  admin = new ApiClient(running.url, admin.token)
  expect((await admin.ok('listRecords', {})).items).toEqual(before.items)
  const presence = async () => (await admin.ok('getDevice', { params: { device: 'yard' } })).presence
  await waitUntil(async () => (await presence()) === 'unknown', 'nobody has been heard since')
  expect((await admin.ok('getStatus')).server).toMatchObject({ development: true, database: 'pglite', broker: 'up' })
}, 60_000)

test('a revoked device is thrown out', async () => {
  const device = await enrolled('stolen')
  await device.sayHello(inventory())
  const { serials } = await admin.ok('revokeDevice', { params: { device: 'stolen' } })
  expect(serials).toHaveLength(1)
  await waitUntil(() => !device.isConnected, 'its connection ends')
  await expect(device.connect()).rejects.toThrow()
}, 120_000)
