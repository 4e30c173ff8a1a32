/** A whole device on its real ports against a real device listener and broker; only the component host and imagers are a test's. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { type OpenDevice, openDevice } from '@ocelli/agent/device'
import { join } from '@ocelli/agent/join'
import { inventory } from '@ocelli/schemas/messages/inventory'
import { reported } from '@ocelli/schemas/messages/reported'
import { telemetry } from '@ocelli/schemas/messages/telemetry'
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Authority, DEVICE, instance } from '../support/agent-documents.ts'
import { FakeHost } from '../support/agent-host.ts'
import { TestServer } from '../support/agent-server.ts'
import { FakeImagers } from '../support/agent-world.ts'

const signers = new Authority()
const counter = signers.component('counter')
let dataDir = ''
let server: TestServer
let host: FakeHost
const open: OpenDevice[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(joinPath(tmpdir(), 'ocelli-device-'))
  server = await TestServer.start({ device: DEVICE, signers })
  server.files.set(counter.component.digest, counter.bytes)
  server.files.set(counter.component.signature, counter.signature)
  await join(server.token, { dataDir })
})
afterEach(async () => {
  for (const device of open.splice(0)) await device.close()
  await server.close()
  rmSync(dataDir, { recursive: true })
})

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 20 })

async function start(): Promise<OpenDevice> {
  host = new FakeHost()
  const device = await openDevice({
    dataDir,
    config: { version: '0.1.0', commitWithinMs: 50 },
    replace: { host, imagers: new FakeImagers() },
  })
  open.push(device)
  await device.agent.start()
  return device
}

async function desire(counterNumber: number): Promise<void> {
  const generation = { epoch: 1, counter: counterNumber }
  await server.publish(topics.desired(DEVICE), signers.signedDesired([instance(counter)], { generation }), true)
}

test('desired state comes by MQTT, components by HTTPS, records go out, and nothing is sent twice after the answer', async () => {
  await desire(1)
  const { agent } = await start()
  await eventually(() => expect(host.live).toHaveLength(1))
  expect(server.requests.filter(({ path }) => path.includes('/artifacts/')).map(({ client }) => client)).toEqual([
    DEVICE,
    DEVICE,
  ])
  host.live[0]?.output({ kind: 'measurement', name: 'people', unit: '1', value: 3 })
  await eventually(() => expect(server.messages('telemetry')).toHaveLength(1))
  const batch = telemetry.check(server.messages('telemetry')[0])
  if (!batch.ok) throw new Error(batch.message)
  expect(batch.value).toMatchObject({ first: 1, last: 1, records: [{ kind: 'measurement', value: 3 }] })
  await server.publish(topics.ack(DEVICE), { stream: batch.value.stream, committed: 1 })
  await eventually(() => expect(agent.status().outbox.held).toBe(0))
  await eventually(() =>
    expect(server.messages('reported').at(-1)).toMatchObject({ instances: [{ state: 'running' }] }),
  )
  expect(reported.check(server.messages('reported').at(-1)).ok).toBe(true)
  const facts = inventory.check(server.messages('inventory').at(-1))
  expect(facts.ok && facts.value.interfaces.map(({ name }) => name)).toContain('ocelli:sensing/measurements@0.1.0')
})

test('a device without its server runs what it ran, keeps what it puts out, and delivers it in order afterwards', async () => {
  await desire(1)
  const first = await start()
  await eventually(() => expect(host.live).toHaveLength(1))
  await open.pop()?.close()
  expect(first.agent.status().link).toBe('down')
  await eventually(() =>
    expect(server.messages('presence').at(-1)).toMatchObject({ state: 'offline', session: { start: 1 } }),
  )
  await server.close()

  const { agent } = await start()
  await eventually(() => expect(host.live).toHaveLength(1))
  for (let value = 0; value < 5; value++) host.live[0]?.output({ kind: 'measurement', name: 'n', unit: '1', value })
  await eventually(() => expect(agent.status().outbox).toMatchObject({ accepted: 5, held: 5 }))
  await open.pop()?.close()

  server = await TestServer.start({ device: DEVICE, signers })
  rmSync(joinPath(dataDir, 'identity.json'))
  await join(server.token, { dataDir })
  await start()
  await eventually(() => expect(server.messages('telemetry').length).toBeGreaterThan(0))
  expect(server.messages('telemetry')[0]).toMatchObject({
    first: 1,
    last: 5,
    records: [0, 1, 2, 3, 4].map((value) => ({ sequence: value + 1, value })),
  })
  expect(server.messages('presence').at(-1)).toMatchObject({ state: 'online', session: { start: 3 } })
})

test('a broken connection comes back, and what waits for its answer is sent again', async () => {
  await desire(1)
  await start()
  await eventually(() => expect(host.live).toHaveLength(1))
  host.live[0]?.output({ kind: 'event', name: 'door', severity: 'info', attributes: {} })
  await eventually(() => expect(server.messages('telemetry')).toHaveLength(1))
  server.breakConnections()
  await eventually(() => expect(server.messages('telemetry')).toHaveLength(2))
  expect(server.messages('telemetry')[1]).toEqual(server.messages('telemetry')[0])
})

test('one folder belongs to one agent at a time, and only after it has joined', async () => {
  await start()
  await expect(openDevice({ dataDir, config: { version: '0.1.0' } })).rejects.toMatchObject({ code: 'storage.locked' })
  const empty = joinPath(dataDir, 'other')
  await expect(openDevice({ dataDir: empty, config: { version: '0.1.0' } })).rejects.toMatchObject({
    code: 'request.notFound',
  })
  expect(existsSync(empty)).toBe(false)
})
