/** The server as a process: flags, log, signals. */
import { OcelliError } from '@ocelli/schemas/errors'
import { pino } from 'pino'
import { type MainOptions, readMainOptions, USAGE } from './main-options.ts'
import type { RunningServer } from './open-server.ts'

/** A stop that takes longer has hung: what is committed is safe, so the process may end. */
const STOP_WITHIN_MS = 8_000
const EXIT_FAILED = 1
const EXIT_USAGE = 64

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE)
    return
  }
  const options = readMainOptions(args, process.env)
  const log = pino({ level: process.env.OCELLI_LOG_LEVEL ?? 'info' }, pino.destination({ dest: 2, sync: true }))
  const ended = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
    if (!options.exitWithParent) return
    process.stdin.on('end', () => resolve('standard input closed'))
    process.stdin.on('error', () => resolve('standard input failed'))
    process.stdin.resume()
  })
  // Loaded only now: a wrong flag is answered at once.
  const { openServer } = await import('./open-server.ts')
  const opening = openServer(options, log)
  const started = await Promise.race([opening, ended.then(() => undefined)])
  if (started !== undefined) tell(started, options)
  const reason = await ended
  log.info({ reason }, 'stopping')
  const late = setTimeout(() => {
    log.error({}, 'the stop took too long')
    process.exit(EXIT_FAILED)
  }, STOP_WITHIN_MS)
  await (await opening).stop()
  clearTimeout(late)
  // All is closed: a timer of a library, or a pipe whose reader died, must not keep the process.
  process.exit()
}

function tell({ url, deviceUrl, mqttUrl, adminToken }: RunningServer, { exitWithParent }: MainOptions): void {
  process.stdout.write(`API          ${url}\nenrolment    ${deviceUrl}\nbroker       ${mqttUrl}\n`)
  process.stdout.write(`admin token  ${adminToken.file}\n`)
  // Whoever started this process keeps its output in a file, where a secret has no business.
  if (adminToken.created !== undefined && !exitWithParent) process.stdout.write(`shown once   ${adminToken.created}\n`)
}

main().catch((error: unknown) => {
  if (error instanceof OcelliError) process.stderr.write(`${error.code}: ${error.message}\n`)
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(error instanceof OcelliError && error.code === 'flag.invalid' ? EXIT_USAGE : EXIT_FAILED)
})
