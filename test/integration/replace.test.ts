/** New hardware takes the place of a device: real agents, real TLS, the real server. */
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { httpsSource } from '@ocelli/agent/link/https-source'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmbeddedServer } from '../support/embedded-server.ts'
import { ApiClient } from '../support/server-client.ts'
import { waitUntil } from '../support/wait-until.ts'

const server = new EmbeddedServer()
let admin: ApiClient

beforeAll(async () => {
  admin = await server.start()
}, 180_000)
afterAll(() => server.close())

const tokenFor = async (body: object) => (await admin.ok('createEnrolmentToken', { body })).token
const yard = () => admin.ok('getDevice', { params: { device: 'yard' } })
const runsOn = async (certificate: number) => {
  const { presence, reported } = await yard()
  const isRunning = reported?.instances.some(({ state }) => state === 'running') === true
  return presence === 'online' && reported?.session.certificate === certificate && isRunning
}

test('a token for a device is made for one device of the own project alone, without labels', async () => {
  await server.join('other', await tokenFor({}))
  expect(await admin.refused('createEnrolmentToken', { body: { replaces: 'nothing' } })).toMatchObject({
    code: 'request.notFound',
  })
  for (const wrong of [{ uses: 2 }, { labels: { floor: '2' } }]) {
    const refused = await admin.refused('createEnrolmentToken', { body: { replaces: 'other', ...wrong } })
    expect(refused.code).toBe('request.invalid')
  }
  const { administrator } = await admin.ok('createProject', { body: { name: 'elsewhere' } })
  const stranger = new ApiClient(server.running.url, administrator.token)
  const foreign = await stranger.refused('createEnrolmentToken', { body: { replaces: 'other' } })
  expect(foreign.code).toBe('request.notFound')
})

test('new hardware keeps id, name, labels and placements; the old is cut off and can never come back', async () => {
  const before = await server.join('yard', await tokenFor({ labels: { floor: '1' } }))
  await server.deployMotion(admin)
  const old = await server.startAgent('yard')
  await waitUntil(() => runsOn(1), 'the old hardware runs', 60_000)
  const placed = (await admin.ok('getDeployment', { params: { name: 'moves' } })).placements
  const oldIdentity = new FileIdentity(server.dataDir('yard'))

  const made = await server.cli(admin, 'enroll', '--replace', 'yard')
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('becomes yard') })
  const token = made.stdout.trim()
  const { items: tokens } = await admin.ok('listEnrolmentTokens')
  expect(tokens.at(-1)).toMatchObject({ replaces: before.device, uses: 1, usesLeft: 1, labels: {} })
  // Making the token changes nothing yet.
  expect(await runsOn(1)).toBe(true)
  const after = await server.join('yard-new', token)
  expect(after).toMatchObject({ device: before.device, name: 'yard', certificateNumber: 2 })
  expect(await yard()).toMatchObject({ name: 'yard', labels: { floor: '1' } })

  await waitUntil(() => old.device.agent.status().link === 'down', 'the old connection ends', 60_000)
  await expect(oldIdentity.renew()).rejects.toMatchObject({ code: 'certificate.revoked' })
  await expect(httpsSource(oldIdentity).fetchTrust()).rejects.toMatchObject({ code: 'certificate.revoked' })

  const { host } = await server.startAgent('yard-new')
  await waitUntil(() => runsOn(2), 'the new hardware runs, from its first start on', 60_000)
  expect(host.live.length).toBe(1)
  const moved = (await admin.ok('getDeployment', { params: { name: 'moves' } })).placements
  expect(moved.map(({ placement }) => placement)).toEqual(placed.map(({ placement }) => placement))
  // The old agent tries on: it is refused, and says nothing that anybody believes.
  expect(old.device.agent.status().link).toBe('down')
  const { items } = await admin.ok('listAudit')
  expect(items.filter(({ action }) => /replace|Token.create/.test(action)).slice(0, 2)).toMatchObject([
    { action: 'device.replace', subject: 'yard', detail: { device: before.device } },
    { action: 'enrolmentToken.create', actor: 'bootstrap', detail: { replaces: 'yard' } },
  ])

  // Used up; and a token whose device is gone lets nobody in.
  await expect(server.join('third', token)).rejects.toMatchObject({ code: 'enrolment.invalid' })
  const orphan = await tokenFor({ replaces: 'yard' })
  await admin.ok('deleteDevice', { params: { device: 'yard' } })
  await expect(server.join('third', orphan)).rejects.toMatchObject({ code: 'enrolment.invalid' })
}, 120_000)

test('a token that has expired replaces nothing', async () => {
  const { token, expiresAtMs } = await admin.ok('createEnrolmentToken', {
    body: { replaces: 'other', expiresInMs: 1000 },
  })
  await waitUntil(() => Date.now() > expiresAtMs, 'the token to expire', 10_000)
  await expect(server.join('fourth', token)).rejects.toMatchObject({ code: 'enrolment.invalid' })
  const renewed = await new FileIdentity(server.dataDir('other')).renew()
  expect(renewed.certificateNumber).toBe(2)
}, 30_000)
