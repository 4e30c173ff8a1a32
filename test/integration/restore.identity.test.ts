/** What a restore does to identities: devices that went on after the backup, keys, and the person who restores. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { httpsSource } from '@ocelli/agent/link/https-source'
import { restore } from '@ocelli/server/backup/restore'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmbeddedServer } from '../support/embedded-server.ts'
import type { ApiClient } from '../support/server-client.ts'
import { realRandom } from '../support/tls-authority.ts'

const server = new EmbeddedServer()
const names = { bare: join(server.folder, 'bare'), keyed: join(server.folder, 'keyed') }
let openToken = ''

beforeAll(async () => {
  const admin = await server.start()
  const token = async (body = {}) => (await admin.ok('createEnrolmentToken', { body })).token
  await server.join('kept', await token())
  await server.join('renewed', await token())
  openToken = await token({ uses: 5 })
  writeFileSync(names.bare, await fetchBackup(admin))
  // The fleet goes on after the backup.
  await new FileIdentity(server.dataDir('renewed')).renew()
  await server.join('late', openToken)
  await server.stop()
}, 240_000)
afterAll(() => server.close())

test('a device that renewed after the backup is still who it was; one that enrolled after it is a stranger', async () => {
  for (const name of ['operator-root.key', 'publisher.key']) {
    cpSync(join(server.dataDir(), 'keys', name), join(server.dataDir('fresh'), 'keys', name))
  }
  const sealingKey = join(server.dataDir(), 'keys/sealing.key')
  const place = ['--data-dir', server.dataDir('fresh'), '--sealing-key', sealingKey]
  const restored = await server.cli({}, 'restore', names.bare, ...place)
  expect(restored).toMatchObject({ code: 0, stderr: expect.not.stringContaining('destroyed') })
  const [, epoch] = /^restored 2 devices and 0 records, epoch (\d+)\n$/.exec(restored.stdout) ?? []
  expect(statSync(join(server.dataDir('fresh'), 'admin.token')).mode & 0o777).toBe(0o600)
  expect(statSync(join(server.dataDir('fresh'), 'keys/sealing.key')).mode & 0o777).toBe(0o600)
  const admin = await server.start('fresh')
  expect(await admin.ok('whoAmI')).toMatchObject({ name: 'restored', role: 'admin' })
  const identity = (name: string) => new FileIdentity(server.dataDir(name))
  const trustOf = (name: string) => httpsSource(identity(name)).fetchTrust()
  expect(await trustOf('kept')).toContain('payload')
  // Both requests of the same moment find one certificate.
  await Promise.all([trustOf('renewed'), trustOf('renewed')])
  expect((await identity('renewed').renew()).certificateNumber).toBe(3)
  await expect(trustOf('late')).rejects.toMatchObject({ code: 'certificate.invalid' })
  // A token that was open may have been used since.
  await expect(server.join('later', openToken)).rejects.toMatchObject({ code: 'enrolment.invalid' })
  // Devices may hold a newer trust document than the backup: the operator steps over it.
  const key = (name: string) => join(server.dataDir('fresh'), 'keys', name)
  const publisher = ['add-publisher', 'second', '--key', key('publisher.key'), '--names', 'x-*']
  const signed = ['--operator-key', key('operator-root.key'), '--document-version', '9']
  expect(await server.cli(admin, 'trust', ...publisher, ...signed)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^trust document 9 /),
  })
  const audit = await admin.ok('listAudit')
  expect(audit.items.find(({ action }) => action === 'restore')).toMatchObject({ detail: { epoch: Number(epoch) } })
  await server.stop()
}, 120_000)

test('without its sealing key a backup is not restored, with that of another installation neither', async () => {
  await expect(restoreTo('keyless', names.bare)).rejects.toMatchObject({
    code: 'backup.key',
    message: expect.stringContaining('--sealing-key'),
  })
  const wrong = join(server.folder, 'wrong.key')
  writeFileSync(wrong, Buffer.alloc(32).toString('base64'))
  await expect(restoreTo('keyless', names.bare, wrong)).rejects.toMatchObject({ code: 'backup.key' })
  const keyed = await server.cli({}, 'backup', names.keyed, '--data-dir', server.dataDir(), '--with-keys')
  expect(keyed).toMatchObject({ code: 0, stdout: expect.stringContaining(': 3 devices and 0 records') })
  expect(keyed.stderr).toMatch(/It holds .*sealing\.key/)
  // A key that is there belongs to somebody.
  const keys = join(server.dataDir('keyless'), 'keys')
  rmSync(keys, { recursive: true })
  cpSync(wrong, join(keys, 'sealing.key'))
  await expect(restoreTo('keyless', names.keyed)).rejects.toMatchObject({ code: 'backup.key' })
  rmSync(keys, { recursive: true })
  // All that failed left nothing behind: the next one finds an empty place, and brings its keys along.
  expect(await restoreTo('keyless', names.keyed)).toMatchObject({ destroyed: {} })
  for (const name of ['sealing.key', 'operator-root.key', 'publisher.key', 'root.key']) {
    expect(readFileSync(join(keys, name))).toEqual(readFileSync(join(server.dataDir(), 'keys', name)))
  }
}, 120_000)

/** As anything but the CLI would. */
async function fetchBackup({ url, token }: ApiClient): Promise<Uint8Array> {
  const answer = await fetch(`${url}/api/v1/backup`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  return await answer.bytes()
}

function restoreTo(name: string, file: string, sealingKeyFile?: string) {
  const place = { dataDir: server.dataDir(name), databaseUrl: undefined }
  return restore({ file, place, force: false, sealingKeyFile, nowMs: Date.now(), random: realRandom })
}
