/**
 * A private PostgreSQL server for one test file: a temporary directory, a unix socket in it, no port. Each test takes
 * a fresh database of it. The server never runs as root: initdb and postgres refuse to.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const DEBIAN_ROOT = '/usr/lib/postgresql'
const OLDEST_MAJOR = 15
const USER = 'ocelli'

export interface PostgresServer {
  /** Makes an empty database, or a copy of one to which nobody is connected, and answers its URL. */
  createDatabase(template?: string): Promise<string>
  /** Ends the server at once, as a crash does; the data stay. */
  kill(): Promise<void>
  /** Starts it again on the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a server. `durable` keeps fsync on, for tests that crash it. Throws one line that names the Debian package
 * where PostgreSQL is not installed.
 */
export async function startPostgres(options: { readonly durable?: boolean } = {}): Promise<PostgresServer> {
  const programs = findPrograms()
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : undefined
  const directory = mkdtempSync(join(tmpdir(), 'ocelli-postgres-'))
  if (owner) chownSync(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: directory, stdio: 'pipe' },
  )
  const settings = ['listen_addresses=', 'max_connections=50', 'shared_buffers=128MB', 'log_min_messages=panic']
  if (!options.durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off')
  const flags = settings.flatMap((setting) => ['-c', setting])

  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn(join(programs, 'postgres'), ['-D', data, '-k', directory, ...flags], {
      ...owner,
      cwd: directory,
      stdio: 'ignore',
    })
    await untilReady(directory, server)
  }
  const end = async (signal: 'SIGQUIT' | 'SIGINT') => {
    const running = server
    server = undefined
    if (running === undefined || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await gone
  }
  const endWithProcess = () => void server?.kill('SIGQUIT')
  process.once('exit', endWithProcess)
  await start()

  let databases = 0
  return {
    async createDatabase(template) {
      const name = `test${++databases}`
      const from = template === undefined ? '' : ` TEMPLATE ${new URL(template).pathname.slice(1)}`
      await asAdmin(directory, (client) => client.query(`CREATE DATABASE ${name}${from}`))
      return `postgresql://${USER}@${encodeURIComponent(directory)}/${name}`
    },
    kill: () => end('SIGQUIT'),
    restart: start,
    async stop() {
      await end('SIGINT')
      process.off('exit', endWithProcess)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The newest installed major version that Ocelli supports. */
function findPrograms(): string {
  const majors = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT).map(Number) : []
  const usable = majors.filter((major) => major >= OLDEST_MAJOR).sort((a, b) => a - b)
  const found = usable[0]
  if (found === undefined) throw new Error('PostgreSQL is not installed: apt-get install -y postgresql')
  return join(DEBIAN_ROOT, String(found), 'bin')
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function untilReady(directory: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      await asAdmin(directory, (client) => client.query('SELECT 1'))
      return
    } catch (cause) {
      if (server.exitCode !== null || performance.now() > deadline) {
        throw new Error('PostgreSQL did not start', { cause })
      }
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}

async function asAdmin(directory: string, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ host: directory, user: USER, database: 'postgres' })
  await client.connect()
  try {
    await act(client)
  } finally {
    await client.end()
  }
}
