/** Every table of the schema, from PGlite to PostgreSQL and back, with equal contents; and all that is no whole backup. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BackupHeader } from '@ocelli/schemas/backup'
import { type Table, tablesOf } from '@ocelli/server/backup/catalogue'
import { dump } from '@ocelli/server/backup/dump'
import { readBackupFile, verifyBackupFile, writeBackupFile } from '@ocelli/server/backup/file'
import { createLiveBackups } from '@ocelli/server/backup/live'
import { type OpenPlace, openPlace, type Place } from '@ocelli/server/backup/place'
import { restore } from '@ocelli/server/backup/restore'
import { openPgliteStore } from '@ocelli/server/store/pglite'
import { openPostgresStore } from '@ocelli/server/store/postgres'
import { type Database, rowsOf } from '@ocelli/server/store/sql/database'
import { migrate, readMigrations } from '@ocelli/server/store/sql/migrate'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { batchOf, enrolDevices, PROJECT } from '../support/store-rows.ts'
import { realRandom } from '../support/tls-authority.ts'

const NOW_MS = Date.UTC(2026, 11, 1)
let folder = ''
let postgres: PostgresServer
let original: string
/** Rows of each table of the original, as text, in order. */
let contents: Readonly<Record<string, readonly string[]>>

const embedded = (name: string): Place => ({ dataDir: join(folder, name), databaseUrl: undefined })
const served = async (): Promise<Place> => ({ dataDir: undefined, databaseUrl: await postgres.createDatabase() })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-backup-'))
  postgres = await startPostgres()
  const store = await openPgliteStore({ dataDir: join(folder, 'first') })
  const [device] = await enrolDevices(store, 2)
  if (device === undefined) throw new Error('no device')
  for (let first = 1; first <= 1_500; first += 500) {
    await store.commitTelemetry(batchOf(device, first, first + 499, { receivedAtMs: Date.now() - first * 86_400_000 }))
  }
  await store.close()
  await using place = await opened(embedded('first'))
  await seedAll(place.database)
  original = await backUp(place.database, 'original')
  contents = await contentsOf(original)
}, 240_000)
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

test('a backup is readable by its owner only and says what is in it, a row of every table among it', async () => {
  expect(statSync(original).mode & 0o777).toBe(0o600)
  const { header } = await verifyBackupFile(original)
  await using place = await opened(embedded('first'))
  const names = (await tablesOf(place.database)).map(({ name }) => name)
  expect(header.tables.map(({ name }) => name)).toEqual(names)
  expect(header.tables.filter(({ rows }) => rows === 0)).toEqual([])
  expect(header.tables.find(({ name }) => name === 'records')?.rows).toBeGreaterThan(1_499)
})

test('what goes from PGlite to PostgreSQL and back is what it was, but for the epoch and its marks', async () => {
  const there = await served()
  const first = await restoreTo(there, original, NOW_MS)
  expect(first.epoch).toBe(NOW_MS / 1000)
  const second = await copyOf(there, 'second')
  expectSame(await contentsOf(second), contents)

  const back = await restoreTo(embedded('back'), second, NOW_MS)
  // Restored twice within one second: the epoch rises all the same.
  expect(back.epoch).toBe(first.epoch + 1)
  const third = await copyOf(embedded('back'), 'third')
  expectSame(await contentsOf(third), contents)

  const store = await openPostgresStore({ url: there.databaseUrl ?? '' })
  const [device] = await store.devices(PROJECT)
  expect(await store.epoch()).toBe(first.epoch)
  // Every device is told anew, those that had no desired state at the time included.
  expect((await store.desiredKeys('all')).map(({ generation }) => generation.epoch)).toEqual(
    (await store.devices(PROJECT)).map(() => first.epoch),
  )
  expect(await store.restored()).toMatchObject({ restoredAtMs: NOW_MS })
  // Records are in sight at once and new ones come after them.
  const before = await store.records({ project: PROJECT, end: 'newest', limit: 10_000 })
  expect(before).toHaveLength(Number(contents.records?.length))
  if (device === undefined) return expect.unreachable()
  await store.commitTelemetry(batchOf(device.id, 1_501, 1_503))
  const after = await store.records({ project: PROJECT, end: 'oldest', limit: 10, after: before.at(-1)?.cursor ?? '' })
  expect(after.map(({ record }) => record.sequence)).toEqual([1_501, 1_502, 1_503])
  await store.close()
}, 120_000)

test('a file that is cut off, altered, newer or no backup is refused before anything is touched', async () => {
  const whole = readFileSync(original)
  const place = await served()
  const refused = async (bytes: Uint8Array | string, code: string) => {
    const file = join(folder, 'bad')
    writeFileSync(file, bytes)
    await expect(restoreTo(place, file)).rejects.toMatchObject({ code })
  }
  const lines = whole.toString().split('\n')
  const header = JSON.parse(lines[0] ?? '') as BackupHeader
  const changed = (change: object) => [JSON.stringify({ ...header, ...change }), ...lines.slice(1)].join('\n')
  await refused(whole.subarray(0, -1), 'backup.damaged')
  await refused(whole.subarray(0, whole.length / 2), 'backup.damaged')
  await refused(`${lines.slice(0, -2).join('\n')}\n`, 'backup.damaged')
  await refused(Buffer.concat([whole, Buffer.from('{}\n')]), 'backup.damaged')
  await refused(lines.toSpliced(5, 1).join('\n'), 'backup.damaged')
  await refused(whole.toString().replace('device1', 'device9'), 'backup.damaged')
  await refused(changed({ epoch: 7 }), 'backup.damaged')
  await refused('', 'backup.damaged')
  await refused('{"hello":"world"}\n', 'backup.damaged')
  await refused(changed({ version: 2 }), 'backup.newer')
  await expect(restoreTo(place, join(folder, 'nothing'))).rejects.toMatchObject({ code: 'request.notFound' })
  await using held = await opened(place)
  expect(await tablesOf(held.database)).toEqual([])
}, 60_000)

test('a backup of a schema that this version lacks is refused, although it is whole', async () => {
  const place = await served()
  await restoreTo(place, original)
  await using held = await opened(place)
  await held.database.execute(sql`INSERT INTO schema_version VALUES (9999)`)
  await expect(backUp(held.database, 'newer')).rejects.toMatchObject({ code: 'database.newer' })
})

test('a backup of an older schema is migrated as it is restored', async () => {
  await using old = await opened(await served())
  await migrate(old.database, readMigrations().slice(0, 1))
  await old.database.execute(sql`
    INSERT INTO devices (id, project, name, labels, enrolled_at_ms, presence, presence_at_ms)
    VALUES ('d-aaaaaaaaaaaaaaaa', 'default', 'yard', '{"floor":"1"}', 5, 'online', 6)`)
  await old.database.execute(sql`CREATE TABLE records_1970_01 PARTITION OF records FOR VALUES FROM (0) TO (2678400000)`)
  await old.database.execute(sql`
    INSERT INTO records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, name, record)
    VALUES (99999999999, 1, 'default', 'd-aaaaaaaaaaaaaaaa', 's-aaaaaaaaaaaaaaaa', 7, 7, 'measurement', 'people',
      '{"kind":"measurement","sequence":1,"role":"live","name":"people","unit":"1","value":3}')`)
  const file = await backUp(old.database, 'older')
  expect((await verifyBackupFile(file)).header).toMatchObject({
    schema: [1],
    partitions: [{ name: 'records_1970_01' }],
  })

  const place = await served()
  await restoreTo(place, file)
  const store = await openPostgresStore({ url: place.databaseUrl ?? '' })
  expect(await store.devices(PROJECT)).toMatchObject([{ name: 'yard', labels: { floor: '1' } }])
  expect(await store.records({ project: PROJECT, end: 'oldest', limit: 9 })).toMatchObject([{ record: { value: 3 } }])
  expect(await store.restored()).toMatchObject({ restoredAtMs: NOW_MS })
  await store.close()
}, 60_000)

test('data that is there stays unless force is used, which says what it destroys; a server that runs stays its owner', async () => {
  const place = await served()
  await restoreTo(place, original)
  await expect(restoreTo(place, original)).rejects.toMatchObject({
    code: 'backup.notEmpty',
    message: expect.stringMatching(/2 devices/),
  })
  const store = await openPostgresStore({ url: place.databaseUrl ?? '' })
  expect(await store.lead()).toBe(true)
  await expect(restoreTo(place, original, NOW_MS, true)).rejects.toMatchObject({ code: 'storage.locked' })
  await store.close()
  const again = await restoreTo(place, original, NOW_MS, true)
  expect(again.destroyed.devices).toBe(contents.devices?.length)
  expect(again.epoch).toBe(NOW_MS / 1000 + 1)
}, 60_000)

test('a running server writes at its own pace: whoever reads slowly holds up nobody, and whoever leaves leaves nothing', async () => {
  await using place = await opened(embedded('first'))
  const { database } = place
  const dataDir = join(folder, 'first')
  const left = () => readdirSync(dataDir).filter((name) => name.startsWith('backup-'))
  mkdirSync(join(dataDir, 'backup-of-a-server-that-was-killed'))
  const backups = createLiveBackups({ database, dataDir, version: '0.1.0', clock: { wallMs: () => NOW_MS } })
  expect(left()).toEqual([])

  const slow = backups.start()[Symbol.asyncIterator]()
  const pieces = [(await slow.next()).value]
  expect(left()).toHaveLength(1)
  expect(() => backups.start()).toThrow(expect.objectContaining({ code: 'server.busy' }))
  // The only connection of the embedded database is free although nobody reads on; and what is written now comes too late.
  await database.execute(sql`INSERT INTO projects (id) VALUES ('afterwards')`)
  for (let next = await slow.next(); next.done !== true; next = await slow.next()) pieces.push(next.value)
  writeFileSync(join(folder, 'live'), Buffer.concat(pieces))
  expect((await contentsOf(join(folder, 'live'))).projects).toEqual(contents.projects)
  expect(left()).toEqual([])

  const abandoned = backups.start()[Symbol.asyncIterator]()
  await abandoned.next()
  await abandoned.return?.()
  expect(left()).toEqual([])
  await database.execute(sql`DELETE FROM projects WHERE id = 'afterwards'`)
  const again = backups.start()[Symbol.asyncIterator]()
  expect((await again.next()).done).toBe(false)
  await again.return?.()
}, 60_000)

type Opened = OpenPlace & AsyncDisposable
async function opened(place: Place): Promise<Opened> {
  const open = await openPlace(place, 'make')
  return { ...open, [Symbol.asyncDispose]: open.close }
}

async function backUp(database: Database, name: string): Promise<string> {
  const file = join(folder, name)
  await writeBackupFile(file, (write) => dump({ database, version: '0.1.0', nowMs: NOW_MS - 1000, write }))
  return file
}

async function copyOf(place: Place, name: string): Promise<string> {
  await using held = await opened(place)
  return await backUp(held.database, name)
}

function restoreTo(place: Place, file: string, nowMs = NOW_MS, force = false) {
  // The rows are made up, so nothing in `sealed` opens: what keys are for is tested with a real installation.
  const databaseOnly = async () => {
    const { load } = await import('@ocelli/server/backup/load')
    const { header } = await verifyBackupFile(file)
    await using held = await opened(place)
    return await load({ database: held.database, header, lines: readBackupFile(file), nowMs, force })
  }
  if (place.dataDir !== undefined) return databaseOnly()
  return restore({ file, place, force, nowMs, random: realRandom })
}

async function contentsOf(file: string): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {}
  for await (const line of readBackupFile(file)) {
    if (line.kind !== 'row') continue
    const own = rows[line.table] ?? []
    rows[line.table] = own
    own.push(line.text)
  }
  for (const own of Object.values(rows)) own.sort()
  return rows
}

/** A restore marks these: generations and tokens, its own line in the audit log, transaction numbers. */
function expectSame(actual: Record<string, string[]>, expected: Readonly<Record<string, readonly string[]>>): void {
  const { meta: _, desired, enrolment_tokens: __, audit, ...rest } = actual
  const { meta: ___, desired: ____, enrolment_tokens: _____, audit: auditBefore, ...before } = expected
  const withoutTransaction = (rows: readonly string[]) => rows.map((row) => row.replace(/"txid":-?\d+/, '')).sort()
  for (const [table, rows] of Object.entries(before)) {
    expect(withoutTransaction(rest[table] ?? []), table).toEqual(withoutTransaction(rows))
  }
  expect(Object.keys(rest).sort()).toEqual(Object.keys(before).sort())
  expect(desired).toHaveLength(expected.devices?.length ?? 0)
  expect(audit?.filter((row) => !row.includes('"action":"restore"'))).toEqual(auditBefore)
}

/** A row in every table that has none, made from nothing but the table's own description. */
async function seedAll(database: Database): Promise<void> {
  for (const table of await tablesOf(database)) {
    const [row] = await rowsOf(database, sql.raw(`SELECT count(*) AS rows FROM "${table.name}"`))
    if (Number(row?.rows) > 0) continue
    const names = table.columns.map(({ name }) => `"${name}"`).join(', ')
    const values = await Promise.all(table.columns.map((column) => valueFor(database, table, column)))
    await database.execute(
      sql.raw(`INSERT INTO "${table.name}" (${names}) OVERRIDING SYSTEM VALUE VALUES (${values.join(', ')})`),
    )
  }
}

async function valueFor(database: Database, table: Table, column: Table['columns'][number]): Promise<string> {
  const [reference] = await rowsOf(
    database,
    sql`
    SELECT p.relname AS parent, (SELECT attname FROM pg_attribute WHERE attrelid = p.oid AND attnum = k.confkey[1]) AS key
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND c.relname = ${table.name} AND a.attname = ${column.name}`,
  )
  if (reference !== undefined) return `(SELECT min("${reference.key}") FROM "${reference.parent}")`
  const made: Record<string, string> = {
    text: `'${'a "b" \\ ü\n{'.replaceAll("'", "''")}'`,
    bigint: '9007199254740991',
    integer: '2147483647',
    smallint: '7',
    boolean: 'true',
    'double precision': '0.1',
    bytea: `'\\x00ff0a22'`,
    jsonb: `'{"b": [1, "x\\n\\u00fc"], "a": null}'`,
    json: `'{"b":\n 1.50, "a": "x\\n"}'`,
  }
  const value = made[column.type]
  if (value === undefined)
    throw new Error(`${table.name}.${column.name} has the type ${column.type}: say here how to make one`)
  return value
}
