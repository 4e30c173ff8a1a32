/** Projects are tenants: whatever one holds, another neither sees nor moves. */
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiClient } from '../support/server-client.ts'
import { MOTION, PROJECT, ServerWorld } from '../support/server-world.ts'
import { deviceId, inventory, motion } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

let world: ServerWorld
let lab: ApiClient
beforeEach(async () => {
  world = await ServerWorld.start()
  const made = await world.admin.ok('createProject', { body: { name: 'lab' } })
  lab = new ApiClient(world.url, made.administrator.token)
})
afterEach(() => world.stop())

const LAB = 'lab' as ProjectId
const AUDIT = { atMs: 1, project: LAB, actor: 'test', action: 'furnish', subject: '', detail: {} }

/** A device of project lab that has said what it is. */
async function labDevice(number: number): Promise<DeviceId> {
  const { id: token } = await lab.ok('createEnrolmentToken', { body: {} })
  const secretSha256 = (await world.store.enrolmentToken(token))?.secretSha256 ?? ''
  const certificate = { serial: `f${number}`, issuedAtMs: 1, expiresAtMs: Number.MAX_SAFE_INTEGER }
  const device = deviceId(number)
  const enrolled = await world.store.enrol({
    ...{ token, secretSha256, device, name: 'bench', labels: {}, certificate },
    atMs: Date.now(),
  })
  expect(enrolled).toMatchObject({ ok: true, device: { project: 'lab' } })
  world.bus.say(topics.presence(device), { state: 'online', session: { certificate: 1, start: 1 } })
  world.hello(device, inventory({}))
  await waitUntil(async () => (await world.store.device(device))?.inventory !== undefined, 'the device is known')
  return device
}

test('a project has an administrator of its own, and every token of it stays in it', async () => {
  expect(await lab.ok('whoAmI')).toMatchObject({ project: 'lab', role: 'admin', name: 'administrator' })
  const { token } = await lab.ok('createAccessToken', { body: { name: 'reader', role: 'viewer' } })
  expect(await new ApiClient(world.url, token).ok('whoAmI')).toMatchObject({ project: 'lab', role: 'viewer' })
  const names = async (client: ApiClient) => (await client.ok('listAccessTokens')).items.map(({ name }) => name)
  expect(await names(lab)).toEqual(['administrator', 'reader'])
  expect(await names(world.admin)).toEqual(['root'])

  expect((await world.admin.ok('listProjects')).items.map(({ name }) => name)).toEqual(['default', 'lab'])
  expect((await lab.ok('listProjects')).items).toEqual([{ name: 'lab', devices: 0, deployments: 0 }])
})

test('a project is made once, by an administrator of the installation', async () => {
  expect((await world.admin.refused('createProject', { body: { name: 'lab' } })).code).toBe('request.conflict')
  expect((await world.admin.refused('createProject', { body: { name: 'Lab 2' } })).code).toBe('request.invalid')
  expect((await lab.refused('createProject', { body: { name: 'mine' } })).detail).toContain('project default')
  const operator = await world.client('operator')
  expect((await operator.refused('createProject', { body: { name: 'mine' } })).code).toBe('auth.forbidden')
})

test('what concerns the whole installation is refused to the administrator of one project', async () => {
  const { envelope } = await world.admin.ok('getTrust')
  expect((await lab.refused('putTrust', { body: envelope })).code).toBe('auth.forbidden')
  const broker = { kind: 'mosquitto', directory: '/etc/mosquitto', names: ['broker'] } as const
  expect((await lab.refused('createBrokerConfig', { body: broker })).code).toBe('auth.forbidden')
  const { status } = await lab.send('GET', '/metrics')
  expect(status).toBe(403)
})

test('devices, deployments and records of one project are not there for another', async () => {
  const yard = await world.device({ name: 'yard' })
  const bench = await labDevice(900)
  const row = await world.store.component(PROJECT, motion.name, motion.version)
  if (!row) throw new Error('motion is not in the catalogue')
  await world.store.addComponent({ ...row, project: LAB }, AUDIT)

  // The same name in both: two deployments, each on the devices of its own project.
  for (const client of [world.admin, lab]) {
    await client.ok('applyChange', { body: { manifests: MOTION } })
  }
  const placed = async (client: ApiClient) =>
    (await client.ok('getDeployment', { params: { name: 'moves' } })).placements.map(
      ({ placement }) => placement.device,
    )
  expect(await placed(world.admin)).toEqual([yard])
  expect(await placed(lab)).toEqual([bench])

  expect((await lab.ok('listDevices')).items.map(({ id }) => id)).toEqual([bench])
  for (const device of [yard, 'yard']) {
    expect((await lab.refused('getDevice', { params: { device } })).code).toBe('request.notFound')
    expect((await lab.refused('revokeDevice', { params: { device } })).code).toBe('request.notFound')
    expect((await lab.refused('deleteDevice', { params: { device } })).code).toBe('request.notFound')
    const edit = { params: { device }, body: { labels: { floor: '1' } } }
    expect((await lab.refused('editDeviceLabels', edit)).code).toBe('request.notFound')
  }

  const stamp = { atMs: 1, synchronised: true, boot: 'b', instance: 'i-aaaaaaaaaaaaaaaa', revision: 1, role: 'live' }
  const record = { kind: 'measurement', sequence: 1, ...stamp, name: 'level', unit: '1', value: 7 }
  const batch = { stream: 's-aaaaaaaaaaaaaaaa', first: 1, last: 1, oldestHeld: 1, records: [record] }
  world.bus.say(topics.telemetry(yard), batch)
  await waitUntil(async () => (await world.admin.ok('listRecords')).items.length === 1, 'the record is there')
  expect((await lab.ok('listRecords')).items).toEqual([])
  // What the administrator of the installation did in it is its first entry, and the only one of that name.
  const entries = (await lab.ok('listAudit')).items
  expect(entries.filter(({ actor }) => actor === 'root').map(({ action }) => action)).toEqual(['accessToken.create'])
  expect((await world.admin.ok('listProjects')).items).toEqual([
    { name: 'default', devices: 1, deployments: 1 },
    { name: 'lab', devices: 1, deployments: 1 },
  ])

  const manifest = MOTION.replace('{ name: moves }', '{ name: theirs, project: default }')
  expect((await lab.refused('applyChange', { body: { manifests: manifest } })).detail).toContain('project default')
})
