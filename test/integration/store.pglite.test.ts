/** The embedded store on a real disk: kill -9, the lock, versions, first start. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PGlite } from '@electric-sql/pglite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PGLITE_MAJOR } from '../../server/src/store/data-directory.ts'
import { openPgliteStore } from '../../server/src/store/pglite.ts'
import { readMigrations } from '../../server/src/store/sql/migrate.ts'
import { deviceId, PROJECT, streamId } from '../support/store-rows.ts'

const KILLS = 4 * Number(process.env.OCELLI_RUNS_FACTOR ?? 1)
const WRITER = new URL('../support/store-writer.ts', import.meta.url).pathname

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ocelli-store-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs the writer until it has told `lines` positions, kills it there, and answers the highest of each device. */
async function writeAndKill(dataDir: string, lines: number): Promise<Map<number, number>> {
  const writer = spawn(process.execPath, [WRITER, dataDir, '3'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = new Map<number, number>()
  let left = lines
  try {
    for await (const line of createInterface({ input: writer.stdout })) {
      const [device, position] = line.split(' ').map(Number)
      if (device !== undefined && position !== undefined) told.set(device, position)
      if (--left === 0) writer.kill('SIGKILL')
    }
  } finally {
    await ended(writer)
  }
  expect(left, 'the writer was killed while it wrote').toBeLessThanOrEqual(0)
  return told
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
}

describe('the embedded store', () => {
  it('loses nothing that it answered, and doubles nothing, when its process is killed', async () => {
    const dataDir = join(root, 'data')
    const told = new Map<number, number>()
    for (let kill = 0; kill < KILLS; kill++) {
      // Any moment will do; the count differs each time, so that the kill falls into another step.
      for (const [device, position] of await writeAndKill(dataDir, 20 + 37 * kill)) told.set(device, position)
    }
    const store = await openPgliteStore({ dataDir })
    for (const [number, acknowledged] of told) {
      const position = await store.position(deviceId(number), streamId(1))
      expect(position).toBeGreaterThanOrEqual(acknowledged)
      const rows = await store.records({ project: PROJECT, device: deviceId(number), end: 'oldest', limit: 1_000_000 })
      const expected = Array.from({ length: position }, (_, index) => index + 1)
      expect(rows.map((row) => row.record.sequence)).toEqual(expected)
    }
    expect(told.size).toBe(3)
    await store.close()
  }, 120_000)

  it('is opened by one process at a time', async () => {
    const dataDir = join(root, 'data')
    const store = await openPgliteStore({ dataDir })
    const refusal = { code: 'storage.locked', message: expect.stringContaining(String(process.pid)) }
    await expect(openPgliteStore({ dataDir })).rejects.toMatchObject(refusal)
    await store.close()
    await (await openPgliteStore({ dataDir })).close()
  }, 60_000)

  it('refuses a directory of another major version and leaves it as it is', async () => {
    const dataDir = join(root, 'data')
    await (await openPgliteStore({ dataDir })).close()
    writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), '17\n')
    await expect(openPgliteStore({ dataDir })).rejects.toMatchObject({
      code: 'database.version',
      message: expect.stringContaining('PostgreSQL 17'),
    })
    writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), `${PGLITE_MAJOR}\n`)
    await (await openPgliteStore({ dataDir })).close()
  }, 60_000)

  it('refuses a schema that a newer server made', async () => {
    const dataDir = join(root, 'data')
    await (await openPgliteStore({ dataDir })).close()
    const newer = (readMigrations().at(-1)?.version ?? 0) + 1
    const client = await PGlite.create(join(dataDir, 'pgdata'))
    await client.query('INSERT INTO schema_version VALUES ($1)', [newer])
    const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num')
    expect(Math.floor(Number(rows[0]?.server_version_num) / 10_000)).toBe(PGLITE_MAJOR)
    await client.close()
    await expect(openPgliteStore({ dataDir })).rejects.toMatchObject({ code: 'database.newer' })
  }, 60_000)

  it('starts over where its first start was cut off', async () => {
    const dataDir = join(root, 'data')
    await (await openPgliteStore({ dataDir })).close()
    // A kill between the making of the database and its renaming leaves a scratch directory and no database.
    rmSync(join(dataDir, 'pgdata'), { recursive: true })
    mkdirSync(join(dataDir, 'pgdata.new'))
    writeFileSync(join(dataDir, 'pgdata.new', 'PG_VERSION'), `${PGLITE_MAJOR}\n`)
    const store = await openPgliteStore({ dataDir })
    expect(await store.projects()).toEqual([PROJECT])
    await store.close()
    expect(readdirSync(dataDir).sort()).toEqual(['lock', 'lock-owner', 'pgdata'])
  }, 60_000)

  it('copies its first database from a template, once there is one', async () => {
    await (await openPgliteStore({ dataDir: join(root, 'first') })).close()
    const template = join(root, 'template')
    cpSync(join(root, 'first', 'pgdata'), template, { recursive: true })
    writeFileSync(join(template, 'mark'), '')
    await (await openPgliteStore({ dataDir: join(root, 'second'), template })).close()
    expect(existsSync(join(root, 'second', 'pgdata', 'mark'))).toBe(true)
  }, 60_000)
})
