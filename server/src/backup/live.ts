/**
 * Backups of a running server. The snapshot goes to a file of the data directory at the database's own pace, and from
 * there to whoever asked at theirs: a slow reader holds up neither ingest nor the embedded database's only connection.
 */
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Clock } from '../ports.ts'
import type { Database } from '../store/sql/database.ts'
import { dump } from './dump.ts'

export interface LiveBackups {
  /**
   * The bytes of a backup; nothing is read before the first is asked for. Whoever stops asking ends it, and its file
   * goes. Throws OcelliError `server.busy` where another one is under way.
   */
  start(): AsyncIterable<Uint8Array>
}

export interface LiveBackupOptions {
  readonly database: Database
  readonly dataDir: string
  readonly version: string
  readonly clock: Pick<Clock, 'wallMs'>
}

const CHUNK_BYTES = 256 * 1024
const FOLDER = 'backup-'

export function createLiveBackups(options: LiveBackupOptions): LiveBackups {
  let running = false
  // What a server that was killed in the middle of a backup left behind.
  for (const name of readdirSync(options.dataDir)) {
    if (name.startsWith(FOLDER)) rmSync(join(options.dataDir, name), { recursive: true, force: true })
  }
  const refuseSecond = () => {
    if (running) throw new OcelliError('server.busy', 'A backup is under way: one at a time')
  }
  async function* produce(): AsyncGenerator<Uint8Array> {
    refuseSecond()
    running = true
    try {
      yield* spooled(options)
    } finally {
      running = false
    }
  }
  return {
    start() {
      refuseSecond()
      return produce()
    },
  }
}

async function* spooled({ database, dataDir, version, clock }: LiveBackupOptions): AsyncGenerator<Uint8Array> {
  const folder = await mkdtemp(join(dataDir, FOLDER))
  const file = await open(join(folder, 'spool'), 'wx+', 0o600)
  const spool = new Spool()
  const write = async (bytes: Uint8Array) => {
    if (spool.isAbandoned) throw new Error('nobody waits for this backup any more')
    await file.appendFile(bytes)
    spool.grew(bytes.byteLength)
  }
  const writing = dump({ database, version, nowMs: clock.wallMs(), write }).then(
    () => spool.finish(),
    (cause: unknown) => spool.finish(cause),
  )
  try {
    for (let at = 0; ; ) {
      const available = await spool.beyond(at)
      if (available === 0) return
      const buffer = Buffer.alloc(Math.min(available, CHUNK_BYTES))
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, at)
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    spool.abandon()
    await writing
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** How long the file is, and whether it grows further. */
class Spool {
  #length = 0
  #state: 'grows' | 'done' | 'abandoned' = 'grows'
  #failure: unknown
  #wake = () => {}

  get isAbandoned(): boolean {
    return this.#state === 'abandoned'
  }

  grew(bytes: number): void {
    this.#length += bytes
    this.#wake()
  }

  finish(failure?: unknown): void {
    if (this.#state === 'grows') this.#state = 'done'
    this.#failure = failure
    this.#wake()
  }

  abandon(): void {
    if (this.#state === 'grows') this.#state = 'abandoned'
  }

  /** Bytes beyond this position, as soon as there are any; 0 at the end. Throws what ended the writing too early. */
  async beyond(at: number): Promise<number> {
    while (this.#length <= at && this.#state === 'grows') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#length <= at && this.#failure !== undefined) throw this.#failure
    return this.#length - at
  }
}
