/**
 * The console over a large fleet: 10,000 devices and 1,000 records a second arriving. Real: server process, PostgreSQL,
 * Chromium, the console as it is built. The devices are rows with inventory and presence, and their records are
 * committed by a second process of the store as another replica does, as are their reports: no agents run. All of them
 * run one deployment. Each first view is one with an empty cache.
 */
import type { ApplyResponse } from '@ocelli/schemas/api/change'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Browser } from 'playwright-core'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { beginConsole, launchBrowser, openConsole } from '../support/browser.ts'
import { Installation } from '../support/installation.ts'
import { startPostgres } from '../support/postgres.ts'
import {
  auditRow,
  batchOf,
  componentRow,
  deviceId,
  digestOf,
  enrolment,
  enrolmentToken,
  inventory,
  measurement,
  PROJECT,
  recordInventory,
  recordPresence,
  recordReported,
  reported,
} from '../support/store-rows.ts'
import type { BenchResult } from './run.ts'

const DEVICES = 10_000
const RECORDS_PER_SECOND = 1_000
const BATCH_RECORDS = 100
const VIEWS = 5
const SCROLL_MS = 4_000
const FRAME_MS = 1000 / 60

export async function run(): Promise<BenchResult[]> {
  const postgres = await startPostgres()
  const installation = await Installation.create()
  const url = await postgres.createDatabase()
  const store = await openPostgresStore({ url })
  const browser = await launchBrowser()
  let feed: Feed | undefined
  try {
    await enrolFleet(store)
    await installation.startServer({ DATABASE_URL: url })
    await connectFleet(store)
    await deploy(installation, store)
    await settle(store)
    feed = startFeed(store)
    const views: number[] = []
    for (let view = 0; view < VIEWS; view++) {
      // The end of one page is no part of the next.
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      views.push(await firstView(browser, installation))
    }
    const asked: number[] = []
    for (let view = 0; view < VIEWS; view++) asked.push(await askStatus(installation))
    const frames = await scrollDevices(browser, installation)
    const at = `${DEVICES} devices, ${feed.perSecond()} records/s arriving`
    return [
      result(
        'overview interactive',
        median(views),
        'API alone: GET /status',
        median(asked),
        `${at}; empty cache, median of ${VIEWS}`,
      ),
      result('overview interactive', median(views), 'promised', 1_000, at),
      result(
        'device list scrolls: median frame',
        quantile(frames, 0.5),
        'a frame of 60 a second',
        FRAME_MS,
        `${frames.length} frames; ${at}`,
      ),
      result(
        'device list scrolls: slowest frame of 20',
        quantile(frames, 0.95),
        'a frame of 60 a second',
        FRAME_MS,
        at,
      ),
    ]
  } finally {
    await feed?.stop()
    await browser.close()
    await installation.close()
    await store.close()
    await postgres.stop()
  }
}

function result(name: string, value: number, baseline: string, baselineMs: number, note: string): BenchResult {
  return { name, value, unit: 'ms', baseline: { name: baseline, value: baselineMs }, ratio: baselineMs / value, note }
}

const session = { certificate: 1, start: 1 }
const ids = (): DeviceId[] => Array.from({ length: DEVICES }, (_, index) => deviceId(index + 1))

async function enrolFleet(store: Store): Promise<void> {
  const nowMs = Date.now()
  await store.addEnrolmentToken(
    enrolmentToken({ uses: DEVICES, usesLeft: DEVICES, expiresAtMs: nowMs + 3_600_000 }),
    auditRow(),
  )
  await inTurn(DEVICES, async (number) => {
    const labels = { site: `site-${number % 40}`, floor: String(number % 5) }
    const answer = await store.enrol(
      enrolment(number, { labels, atMs: nowMs, name: `unit-${String(number).padStart(5, '0')}` }),
    )
    if (!answer.ok) throw new Error(`device ${number} was refused`)
    await recordInventory(store, deviceId(number), inventory({ session, atMs: nowMs }), nowMs)
  })
}

/** After the server's start, which knows of nobody yet. */
async function connectFleet(store: Store): Promise<void> {
  const nowMs = Date.now()
  await inTurn(DEVICES, async (number) => {
    const state = number % 500 === 0 ? 'lost' : 'online'
    await recordPresence(store, deviceId(number), { state, session, agentVersion: '0.1.0' }, nowMs)
  })
}

/** One instance on each device; its rollout ends at once. */
async function deploy({ client }: Installation, store: Store): Promise<void> {
  await store.addComponent(componentRow({ imports: [], exports: [] }), auditRow())
  const spec = { realisations: [{ name: 'software', component: 'people-count@0.1.0' }], placement: 'everyDevice' }
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: 'people-count' },
    spec: { ...spec, grants: [], rollout: { maxTouched: DEVICES } },
  }
  const answer = await client.post<ApplyResponse>('/apply', { body: { manifests: [manifest] } })
  const placed = await store.placements(PROJECT)
  if (placed.length !== DEVICES)
    throw new Error(`${placed.length} placements: ${JSON.stringify(answer).slice(0, 2000)}`)
}

/** Each device reports that it runs what it should, so that nothing is on its way when the views are measured. */
async function settle(store: Store): Promise<void> {
  for (;;) {
    const keys = await store.desiredKeys('unreported')
    const waiting = await store.desiredOf(keys.map(({ device }) => device))
    if (waiting.length === 0) return
    await inTurn(waiting.length, async (number) => {
      const row = waiting[number - 1]
      if (row === undefined) return
      const { device, generation, trustVersion, instances } = row
      const states = instances.map(({ id, revision, realisation, components }) => ({
        id,
        revision,
        realisation,
        digest: components[0]?.digest ?? digestOf('a'),
        state: 'running' as const,
        healthy: true,
        sinceMs: Date.now(),
        restarts: 0,
      }))
      await recordReported(
        store,
        device,
        reported({ session, generation, trustVersion, instances: states }),
        Date.now(),
      )
    })
  }
}

/** Some at a time: a store has some connections. */
async function inTurn(count: number, act: (number: number) => Promise<void>): Promise<void> {
  const lanes = 8
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let number = lane + 1; number <= count; number += lanes) await act(number)
    }),
  )
}

interface Feed {
  perSecond(): number
  stop(): Promise<void>
}

/** A batch of one device after the other, as many as make the rate. */
function startFeed(store: Store): Feed {
  const devices = ids()
  const positions = new Map<DeviceId, number>()
  const startMs = performance.now()
  let sent = 0
  let ended = false
  const send = async () => {
    for (let turn = 0; !ended; turn++) {
      const device = devices[turn % devices.length] ?? deviceId(1)
      const first = (positions.get(device) ?? 0) + 1
      const last = first + BATCH_RECORDS - 1
      const atMs = Date.now()
      const records = Array.from({ length: BATCH_RECORDS }, (_, index) => measurement(first + index, { atMs }))
      await store.commitTelemetry(batchOf(device, first, last, { records, receivedAtMs: atMs }))
      positions.set(device, last)
      sent += BATCH_RECORDS
      const dueMs = startMs + (sent / RECORDS_PER_SECOND) * 1000
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
    }
  }
  const done = send()
  return {
    perSecond: () => Math.round(sent / ((performance.now() - startMs) / 1000)),
    async stop() {
      ended = true
      await done
    },
  }
}

/**
 * Looked at by the page itself, which costs it less than a tool that asks from outside: the moment at which the fleet's
 * numbers have been drawn and a click would be answered.
 */
const INTERACTIVE = `
  window.interactive_ = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.body?.innerText.includes('of 10,000') !== true) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    })
    observer.observe(document, { subtree: true, childList: true, characterData: true })
  })
`

/** Milliseconds from the start of the navigation. */
async function firstView(browser: Browser, { url, client }: Installation): Promise<number> {
  const opened = await beginConsole(browser, { url, token: client.context.token, script: INTERACTIVE })
  try {
    return Number(await opened.page.evaluate('window.interactive_'))
  } finally {
    await opened.close()
  }
}

async function askStatus({ client }: Installation): Promise<number> {
  const startMs = performance.now()
  await client.get('/status')
  return performance.now() - startMs
}

/** Times between frames while the list of devices is scrolled by the wheel. */
async function scrollDevices(browser: Browser, { url, client }: Installation): Promise<number[]> {
  const { page, close } = await openConsole(browser, { url, token: client.context.token, path: '/devices' })
  try {
    const list = page.getByRole('table', { name: 'Devices' })
    await list.waitFor()
    await list.hover()
    await page.evaluate(
      `window.frames_ = []; let last = performance.now(); const step = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(step) }; requestAnimationFrame(step)`,
    )
    const endMs = performance.now() + SCROLL_MS
    while (performance.now() < endMs) await page.mouse.wheel(0, 400)
    const frames: unknown = await page.evaluate('window.frames_')
    if (!Array.isArray(frames) || Number(await list.evaluate('(element) => element.scrollTop')) === 0) {
      throw new Error('the list was not scrolled')
    }
    return frames.map(Number)
  } finally {
    await close()
  }
}

const median = (values: readonly number[]): number => quantile(values, 0.5)

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2))
