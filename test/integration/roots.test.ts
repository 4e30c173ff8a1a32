/** The certificate root is replaced under devices that stay connected: real agents, real TLS, the real server. */
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { loadIdentity } from '@ocelli/agent/identity/identity-file'
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { httpsSource } from '@ocelli/agent/link/https-source'
import type { RootsInfo } from '@ocelli/schemas/api/root'
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

const token = async () => (await admin.ok('createEnrolmentToken', { body: {} })).token
const identity = (name: string) => new FileIdentity(server.dataDir(name))
const rootsOf = (name: string) => loadIdentity(server.dataDir(name)).roots.map(fingerprint)
const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
const reaches = (name: string) => httpsSource(identity(name)).fetchTrust()

test('devices of the first root stay, learn the next as they renew, and go on below it when the first is retired', async () => {
  const { current: first, next: none } = await admin.ok('getRoots')
  expect(none).toBeUndefined()
  expect(await admin.refused('retireRoot', { body: {} })).toMatchObject({ code: 'request.conflict' })
  await server.join('early', await token())
  await server.join('slow', await token())
  const { device } = await server.startAgent('early')
  const isUp = () => device.agent.status().link === 'up'
  await waitUntil(isUp, 'the agent connects', 60_000)

  const rotated = await server.cli(admin, 'root', 'rotate', '-o', 'json')
  expect(rotated).toMatchObject({ code: 0, stderr: expect.stringContaining('move it off') })
  const { current, next } = JSON.parse(rotated.stdout) as RootsInfo
  expect(current).toEqual(first)
  expect(next).toMatchObject({ devices: 2, waiting: 2 })
  expect(existsSync(join(server.dataDir(), 'keys', next?.keyFile ?? ''))).toBe(true)
  expect(await admin.refused('rotateRoot')).toMatchObject({ code: 'request.conflict' })
  expect(await presented(server.running.deviceUrl)).toBe(first.sha256)
  expect(isUp()).toBe(true)

  // A device that joins now, and one that renews, know both.
  await server.join('between', await token())
  await identity('early').renew()
  expect(rootsOf('early')).toEqual([first.sha256, next?.sha256])
  expect(rootsOf('between')).toEqual([first.sha256, next?.sha256])
  expect(rootsOf('slow')).toEqual([first.sha256])
  // Certificates of either root are accepted, by either listener.
  for (const name of ['early', 'slow', 'between']) expect(await reaches(name)).toContain('payload')
  await server
    .startAgent('between')
    .then(({ device: other }) =>
      waitUntil(() => other.agent.status().link === 'up', 'a certificate of the next root connects', 60_000),
    )
  expect((await admin.ok('getRoots')).next).toMatchObject({
    devices: 3,
    waiting: 1,
    waitingNames: [{ project: 'default', name: 'slow' }],
  })
  const shown = await server.cli(admin, 'root', 'show')
  expect(shown.stdout).toMatch(/known to 2 of 3 devices\n +waiting for slow\n/)
  const refused = await server.cli(admin, 'root', 'retire')
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/1 of 3 devices.*slow.*\[request.conflict\]/s),
  })
  // Roots and backups are the whole installation's: an administrator of one project has no say in them.
  const { administrator } = await admin.ok('createProject', { body: { name: 'elsewhere' } })
  const stranger = new ApiClient(server.running.url, administrator.token)
  for (const route of ['getRoots', 'rotateRoot', 'readBackup'] as const) {
    expect(await stranger.refused(route)).toMatchObject({ code: 'auth.forbidden' })
  }

  // A server that starts in between presents the same.
  await server.stop()
  admin = await server.start()
  expect(await presented(server.running.deviceUrl)).toBe(first.sha256)
  await identity('slow').renew()
  const retired = await server.cli(admin, 'root', 'retire')
  expect(retired).toMatchObject({ code: 0, stdout: `root ${next?.sha256}   presented by the server\n` })
  expect(await presented(server.running.deviceUrl)).toBe(next?.sha256)
  for (const name of ['early', 'slow', 'between']) {
    expect(await reaches(name)).toContain('payload')
    await identity(name).renew()
    expect(rootsOf(name)).toEqual([next?.sha256])
  }
  await waitUntil(isUp, 'the agent that never stopped is connected', 60_000)
  await server.join('after', await token())
  expect(rootsOf('after')).toEqual([next?.sha256])
  const { items } = await admin.ok('listAudit')
  expect(items.filter(({ action }) => action.startsWith('root.')).map(({ action }) => action)).toEqual([
    'root.retire',
    'root.rotate',
  ])
}, 180_000)

test('a device that had yet to renew is shut out by force, and comes back as new hardware', async () => {
  await server.join('forgotten', await token())
  const before = await token()
  await admin.ok('rotateRoot')
  for (const name of ['early', 'slow', 'between', 'after']) await identity(name).renew()
  await admin.ok('retireRoot', { body: { force: true } })
  // It does not know the root that is presented, and would not be known by its own.
  await expect(reaches('forgotten')).rejects.toMatchObject({ code: 'artifact.unavailable' })
  expect(await reaches('slow')).toContain('payload')
  // A token names the root of its time.
  await expect(server.join('later', before)).rejects.toMatchObject({ code: 'enrolment.wrongServer' })
  const replaced = await admin.ok('createEnrolmentToken', { body: { replaces: 'forgotten' } })
  const again = await server.join('forgotten-new', replaced.token)
  expect(again.device).toBe(identity('forgotten').current().device)
  expect(await reaches('forgotten-new')).toContain('payload')
}, 120_000)

/** Fingerprint of the topmost certificate that the listener shows. */
function presented(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      let certificate = socket.getPeerCertificate(true)
      while (certificate.issuerCertificate && certificate.issuerCertificate !== certificate) {
        certificate = certificate.issuerCertificate
      }
      socket.destroy()
      resolve(certificate.fingerprint256.replaceAll(':', '').toLowerCase())
    })
    socket.once('error', reject)
  })
}
