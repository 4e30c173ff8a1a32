/**
 * `ocelli up`: control plane, broker and database in one process, a simulated fleet in another, sample components and
 * deployments, and a live table. Everything lies in one data directory; the next start goes on with it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CreatedEnrolmentToken, CreateEnrolmentToken } from '@ocelli/schemas/api/access'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { consoleLink } from '../commands/console.ts'
import { saveContext } from '../context.ts'
import { CliError } from '../exit.ts'
import { note } from '../format/output.ts'
import { Child } from './child.ts'
import { LiveFeed } from './live-feed.ts'
import { LiveScreen } from './live-screen.ts'
import { applySamples, pushSamples } from './samples.ts'

interface UpOptions {
  readonly dataDir: string
  readonly httpPort: string
  readonly devicePort: string
  readonly mqttPort: string
  readonly devices: string
  readonly seed: string
  readonly simulator: boolean
  readonly samples: boolean
  readonly live: boolean
}

const SERVER = join(import.meta.dirname, '../../src/main.ts')
const SIMULATOR = join(import.meta.dirname, '../../../simulator/src/main.ts')

/** The first start makes the database, which takes 8 to 10 s on two cores. */
const START_TIMEOUT_MS = 90_000
const POLL_MS = 200
const REFRESH_MS = 1000

export function addUp(program: Command): void {
  program
    .command('up')
    .summary('start a control plane and a simulated fleet on this machine')
    .description(
      'Starts the control plane (broker and database embedded) and a simulated fleet, pushes the sample components, applies the sample deployments and shows a live table. Ctrl-C stops all; the next start goes on with the same devices and data.',
    )
    .option('--data-dir <folder>', 'where everything is kept', process.env.OCELLI_DATA_DIR || '.ocelli')
    .option('--http-port <port>', 'port of the API, on 127.0.0.1', '7070')
    .option('--device-port <port>', 'port where devices enrol and fetch', '7443')
    .option('--mqtt-port <port>', 'port of the broker', '8883')
    .option('--devices <n>', 'simulated devices', '14')
    .option('--seed <n>', 'seed of the simulated world', '1')
    .option('--no-simulator', 'start no simulated fleet')
    .option('--no-samples', 'push no sample components and apply no sample deployments')
    .option('--no-live', 'show no live table')
    .action((options: UpOptions) => up(options))
}

async function up(options: UpOptions): Promise<void> {
  const dataDir = resolve(options.dataDir)
  const logs = join(dataDir, 'logs')
  const simulatorDir = join(dataDir, 'simulator')
  const devices = wholeNumber(options.devices)
  // Node keeps what it compiled: the next start loads its modules in less time.
  const compiled = { NODE_COMPILE_CACHE: join(dataDir, 'compiled') }
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  const children: Child[] = []
  const interrupted = new AbortController()
  const stop = () => interrupted.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  let gaveUp: CliError | undefined
  const onDeath = (log: string) => (reason: string, givenUp: boolean) => {
    note(givenUp ? `${reason}, too often` : `${reason}; starting it again`)
    if (!givenUp) return
    gaveUp = new CliError('server.internal', `${reason}: ${lastLine(log)}`, { next: `look at ${log}` })
    stop()
  }

  try {
    const serverLog = join(logs, 'server.log')
    note(
      existsSync(join(dataDir, 'admin.token'))
        ? 'starting the control plane …'
        : 'starting the control plane; the first start makes the database and takes some 10 s …',
    )
    children.push(
      new Child({
        name: 'the control plane',
        script: SERVER,
        args: [
          '--development',
          '--exit-with-parent',
          ...['--data-dir', dataDir],
          ...['--http-port', options.httpPort, '--device-port', options.devicePort, '--mqtt-port', options.mqttPort],
        ],
        env: compiled,
        logFile: serverLog,
        onDeath: onDeath(serverLog),
      }),
    )
    const startSimulator = (token: string | undefined) => {
      const simulatorLog = join(logs, 'simulator.log')
      note(`starting ${devices} simulated devices …`)
      children.push(
        new Child({
          name: 'the simulator',
          script: SIMULATOR,
          args: [
            '--data-dir',
            simulatorDir,
            '--devices',
            String(devices),
            '--seed',
            options.seed,
            '--exit-with-parent',
          ],
          env: { ...compiled, ...(token !== undefined && { OCELLI_ENROLMENT_TOKEN: token }) },
          logFile: simulatorLog,
          onDeath: onDeath(simulatorLog),
        }),
      )
    }
    // A fleet that has joined before needs no token: it starts beside the control plane and connects when that is there.
    const resumes = options.simulator && joinedDevices(simulatorDir) >= devices
    if (resumes) startSimulator(undefined)

    const url = `http://127.0.0.1:${options.httpPort}`
    const client = await connect(url, dataDir, interrupted.signal)
    note(`control plane at ${url}; the token of the administrator is in ${join(dataDir, 'admin.token')}`)
    // A terminal belongs to who started this; a file or a pipe may be read by others, where a token has no business.
    const link = process.stderr.isTTY
      ? consoleLink(url, client.context.token)
      : `${url}  (npm run ocelli -- console prints a link)`
    note(`web console: ${link}`)
    note(`other terminals are logged in too (${saveContext('local', client.context)}): npm run ocelli -- get devices`)

    if (options.samples) {
      await pushSamples(client, join(dataDir, 'keys', 'publisher.key'), note)
      await applySamples(client, join(dataDir, 'samples-applied'), note)
    }
    if (options.simulator && !resumes) startSimulator(await enrolmentToken(client, devices))
    await show(client, options, dataDir, interrupted.signal)
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
  } finally {
    note('\nstopping …')
    // The fleet first, so that it says goodbye to a broker that is still there.
    for (const child of children.reverse()) await child.stop()
    note(`stopped; everything is kept in ${dataDir}`)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  if (gaveUp) throw gaveUp
}

/** Waits until the server is ready and its token is there. */
async function connect(url: string, dataDir: string, signal: AbortSignal): Promise<Client> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    signal.throwIfAborted()
    try {
      const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })
      if (ready.ok) return new Client({ url, token: readFileSync(join(dataDir, 'admin.token'), 'utf8').trim() })
    } catch {
      // Not listening yet.
    }
    if (performance.now() > deadline) {
      throw new CliError('server.busy', `the control plane was not ready within ${START_TIMEOUT_MS / 1000} s`, {
        next: `look at ${join(dataDir, 'logs', 'server.log')}`,
      })
    }
    await pause(POLL_MS, signal)
  }
}

/** Simulated devices that hold an identity. */
function joinedDevices(simulatorDir: string): number {
  const folder = join(simulatorDir, 'devices')
  if (!existsSync(folder)) return 0
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'identity.json'))).length
}

async function enrolmentToken(client: Client, uses: number): Promise<string> {
  const body: CreateEnrolmentToken = { uses, expiresInMs: 3_600_000 }
  return (await client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body })).token
}

/** The live table until Ctrl-C. A refresh that fails, say while the server starts again, is said and tried again. */
async function show(client: Client, options: UpOptions, dataDir: string, signal: AbortSignal): Promise<void> {
  const feed = new LiveFeed(client, options.simulator ? join(dataDir, 'simulator', 'control.json') : undefined)
  const screen = new LiveScreen(process.stdout)
  while (!signal.aborted) {
    if (options.live) {
      try {
        screen.show(await feed.refresh())
      } catch (error) {
        note(error instanceof Error ? error.message : String(error))
      }
    }
    await pause(REFRESH_MS, signal).catch(() => undefined)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const onAbort = () => {
      clearTimeout(timer)
      fail(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      done()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

function lastLine(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''
  } catch {
    return ''
  }
}
