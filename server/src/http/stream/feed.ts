/**
 * The tail of the database, read once a process and project however many clients listen. Every replica sees every
 * record, whoever committed it; a wake carries no data, so a lost one delays and loses nothing.
 */
import type { ProjectId } from '@ocelli/schemas/ids'
import type { RecordRow } from '../../domain/records.ts'
import type { Log } from '../../log.ts'
import { type Loop, startLoop } from '../../loops/loop.ts'
import type { Clock } from '../../ports.ts'
import type { TelemetryStore } from '../../store/store.ts'

const DEBOUNCE_MS = 20
/** A lost wake is made good by this. */
const EVERY_MS = 1_000
const PAGE = 1_000

export type FeedListener = (rows: readonly RecordRow[]) => void

export interface Feed {
  /**
   * Calls `listener` with every record that commits after the answered cursor, in order of commit, until the answered
   * function is called. Nothing between is left out: the cursor is that of the last record delivered to all.
   */
  follow(project: ProjectId, listener: FeedListener): Promise<{ readonly cursor: string; readonly end: () => void }>
  readonly clients: () => number
  stop(): Promise<void>
}

interface Tail {
  cursor: string
  readonly listeners: Set<FeedListener>
  readonly loop: Loop
  readonly read: () => Promise<void>
}

export function createFeed(ports: {
  readonly store: Pick<TelemetryStore, 'records' | 'head' | 'onRecords'>
  readonly clock: Clock
  readonly log: Log
}): Feed {
  const { store, clock, log } = ports
  const tails = new Map<ProjectId, Promise<Tail>>()
  let stopped = false

  const open = async (project: ProjectId): Promise<Tail> => {
    const cursor = await store.head()
    let reading: Promise<void> | undefined
    const readAll = async () => {
      for (;;) {
        const rows = await store.records({ project, after: tail.cursor, end: 'oldest', limit: PAGE })
        const last = rows.at(-1)
        if (last === undefined) return
        tail.cursor = last.cursor
        for (const listener of [...tail.listeners]) listener(rows)
        if (rows.length < PAGE) return
      }
    }
    /** One reader at a time: two would deliver the same rows twice. */
    const read = async () => {
      while (reading !== undefined) await reading
      reading = readAll().finally(() => {
        reading = undefined
      })
      await reading
    }
    const run = async () => {
      if (tail.listeners.size > 0) await read()
      return undefined
    }
    const loop = startLoop(clock, log, { name: 'feed', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })
    const tail: Tail = { cursor, listeners: new Set(), loop, read }
    return tail
  }
  const endWakes = store.onRecords(() => {
    for (const opening of tails.values()) void opening.then(({ loop }) => loop.wake()).catch(() => {})
  })
  const tailOf = (project: ProjectId): Promise<Tail> => {
    const found = tails.get(project)
    if (found !== undefined) return found
    const opening = open(project)
    tails.set(project, opening)
    opening.catch(() => tails.delete(project))
    return opening
  }
  let clients = 0

  return {
    clients: () => clients,
    async follow(project, listener) {
      const tail = await tailOf(project)
      // While nobody listens the tail rests: start from now, not from where the last listener left.
      if (tail.listeners.size === 0) tail.cursor = await store.head()
      else await tail.read()
      if (stopped) return { cursor: tail.cursor, end: () => {} }
      tail.listeners.add(listener)
      clients++
      return {
        cursor: tail.cursor,
        end() {
          if (tail.listeners.delete(listener)) clients--
        },
      }
    },
    async stop() {
      stopped = true
      endWakes()
      for (const opening of tails.values()) {
        const tail = await opening.catch(() => undefined)
        tail?.listeners.clear()
        await tail?.loop.stop()
      }
      clients = 0
    },
  }
}
