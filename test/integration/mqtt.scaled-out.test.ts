/** Two replicas on PostgreSQL and on a mosquitto that is configured by `ocelli broker-config` alone. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readMainOptions } from '@ocelli/server/main-options'
import { openServer, type RunningServer } from '@ocelli/server/open-server'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { type MosquittoProcess, mosquittoProcess, ownUserLine } from '../support/mosquitto-broker.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { ApiClient } from '../support/server-client.ts'
import { RawDevice } from '../support/server-device.ts'
import { inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

const STREAM = 's-aaaaaaaaaaaaaaaa'

let folder = ''
let postgres: PostgresServer
let mosquitto: MosquittoProcess
let ports: { readonly device: number; readonly server: number }
const replicas: RunningServer[] = []
let device: RawDevice | undefined

async function startReplica(databaseUrl: string): Promise<RunningServer> {
  const flags = ['--development', '--data-dir', folder, '--http-port', '0', '--device-port', '0']
  const broker = [
    '--mqtt-url',
    `mqtts://localhost:${ports.server}`,
    '--device-mqtt-url',
    `mqtts://localhost:${ports.device}`,
  ]
  const options = readMainOptions([...flags, ...broker, '--database-url', databaseUrl], {})
  const running = await openServer(options, pino({ level: 'silent' }))
  replicas.push(running)
  return running
}

const clientOf = ({ url }: RunningServer) =>
  new ApiClient(url, readFileSync(join(folder, 'admin.token'), 'utf8').trim())
const readiness = async ({ url }: RunningServer) => {
  const answer = await fetch(`${url}/readyz`)
  return { status: answer.status, text: await answer.text() }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-scaled-out-'))
  ports = { device: await freePort(), server: await freePort() }
  postgres = await startPostgres()
  mosquitto = mosquittoProcess(join(folder, 'broker', 'mosquitto.conf'), [ports.device, ports.server])
}, 60_000)
afterAll(async () => {
  await device?.close()
  for (const replica of replicas) await replica.stop()
  await mosquitto.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true })
}, 60_000)

test('from nothing to a device whose records come out once, whichever replica is asked', {
  timeout: 120_000,
}, async () => {
  const databaseUrl = await postgres.createDatabase()
  const one = await startReplica(databaseUrl)
  expect(await readiness(one)).toMatchObject({ status: 503, text: expect.stringContaining('broker') })

  const written = join(folder, 'broker')
  const token = readFileSync(join(folder, 'admin.token'), 'utf8').trim()
  const flags = ['--name', 'localhost', '--listen', '127.0.0.1', '--directory', written, '--out', written]
  const listeners = ['--device-port', String(ports.device), '--server-port', String(ports.server)]
  await promisify(execFile)(
    process.execPath,
    ['server/cli/main.ts', 'broker-config', 'mosquitto', ...flags, ...listeners],
    { env: { ...process.env, OCELLI_URL: one.url, OCELLI_TOKEN: token } },
  )
  expect(statSync(join(written, 'broker.key')).mode & 0o777).toBe(0o600)
  expect(existsSync(join(written, 'revoked.crl'))).toBe(true)
  const config = join(written, 'mosquitto.conf')
  writeFileSync(config, ownUserLine + readFileSync(config, 'utf8'))
  await mosquitto.start()
  await waitUntil(async () => (await readiness(one)).status === 200, 'the broker is reached and found closed', 60_000)

  const other = await startReplica(databaseUrl)
  await waitUntil(async () => (await readiness(other)).status === 200, 'the other replica is ready', 60_000)
  const apis = [clientOf(one), clientOf(other)] as const
  const { token: enrolment } = await apis[1].ok('createEnrolmentToken', { body: {} })
  device = await RawDevice.enrol(enrolment, 'yard')
  const raw = device
  await raw.connect()
  await raw.sayHello(inventory())
  for (const api of apis) {
    await waitUntil(async () => {
      const found = await api.ok('getDevice', { params: { device: 'yard' } })
      return found.presence === 'online' && found.inventory !== undefined
    }, 'each replica shows the device')
  }

  const event = (sequence: number) => ({
    ...{ kind: 'event', sequence, atMs: Date.now(), synchronised: true, boot: 'b', instance: 'i-aaaaaaaaaaaaaaaa' },
    ...{ revision: 1, role: 'live', name: `event ${sequence}`, severity: 'info', attributes: {} },
  })
  const batch = { stream: STREAM, first: 1, last: 2, oldestHeld: 1, records: [event(1), event(2)] }
  await raw.publish('telemetry', batch)
  await raw.publish('telemetry', batch)
  await waitUntil(() => raw.messages('ack').length >= 2, 'both are answered', 90_000)
  expect(raw.messages('ack').at(-1)).toEqual({ stream: STREAM, committed: 2 })
  for (const api of apis) {
    const { items } = await api.ok('listRecords', { query: { kind: 'event' } })
    expect(items.map(({ record }) => record.sequence)).toEqual([1, 2])
  }

  await apis[0].ok('revokeDevice', { params: { device: 'yard' } })
  await waitUntil(() => !raw.isConnected, 'the revoked device is cut off', 90_000)
})
