/** What a restore does to identities: devices that went on after the backup, keys, and the person who restores. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { httpsSource } from '@ocelli/agent/link/https-source'
import { dump } from '@ocelli/server/backup/dump'
import { writeBackupFile } from '@ocelli/server/backup/file'
import { openPlace } from '@ocelli/server/backup/place'
import { restore } from '@ocelli/server/backup/restore'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmbeddedServer } from '../support/embedded-server.ts'
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
  await server.stop()
  await backUp('bare', [])
  await backUp('keyed', ['sealing.key', 'operator-root.key', 'publisher.key'])
  // The fleet goes on after the backup.
  await server.start()
  await new FileIdentity(server.dataDir('renewed')).renew()
  await server.join('late', openToken)
  await server.stop()
}, 120_000)
afterAll(() => server.close())

test('a device that renewed after the backup is still who it was; one that enrolled after it is a stranger', async () => {
  const restored = await restoreTo('fresh', names.keyed)
  expect(statSync(restored.adminToken ?? '').mode & 0o777).toBe(0o600)
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
  const audit = await admin.ok('listAudit')
  expect(audit.items.find(({ action }) => action === 'restore')).toMatchObject({ detail: { epoch: restored.epoch } })
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
  // A key that is there belongs to somebody.
  rmSync(join(server.dataDir('keyless'), 'keys'), { recursive: true })
  cpSync(wrong, join(server.dataDir('keyless'), 'keys/sealing.key'))
  await expect(restoreTo('keyless', names.keyed)).rejects.toMatchObject({ code: 'backup.key' })
  rmSync(join(server.dataDir('keyless'), 'keys'), { recursive: true })
  // All that failed left nothing behind: the next one finds an empty place.
  const right = join(server.dataDir(), 'keys/sealing.key')
  expect(await restoreTo('keyless', names.bare, right)).toMatchObject({ destroyed: {} })
  expect(readFileSync(join(server.dataDir('keyless'), 'keys/sealing.key'), 'utf8')).toBe(readFileSync(right, 'utf8'))
}, 60_000)

async function backUp(name: keyof typeof names, keyNames: readonly string[]): Promise<void> {
  const { database, close } = await openPlace({ dataDir: server.dataDir(), databaseUrl: undefined }, 'mustExist')
  const textOf = (key: string) => readFileSync(join(server.dataDir(), 'keys', key), 'utf8')
  const keys = keyNames.map((key) => ({ name: key, text: textOf(key) }))
  try {
    await writeBackupFile(names[name], (write) => dump({ database, version: '0.1.0', nowMs: Date.now(), keys, write }))
  } finally {
    await close()
  }
}

function restoreTo(name: string, file: string, sealingKeyFile?: string) {
  const place = { dataDir: server.dataDir(name), databaseUrl: undefined }
  return restore({ file, place, force: false, sealingKeyFile, nowMs: Date.now(), random: realRandom })
}
