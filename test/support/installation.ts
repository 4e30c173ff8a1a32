/** An installation as users have it: real processes, real ports, one temporary folder; every process can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '../../server/cli/client.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Where Node keeps what it compiled: a test starts the same programs again and again. */
const COMPILED = join(ROOT, 'node_modules/.cache/compiled')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** One process with its output kept, in a file beside the data for when a test fails. */
export class Process {
  readonly child: ChildProcess
  #output = ''

  constructor(name: string, folder: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [join(ROOT, script), ...args], {
      cwd: folder,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
        log.write(text)
      })
    }
    this.child.once('close', () => log.end())
    this.child.stdin?.on('error', () => undefined)
  }

  get output(): string {
    return this.#output
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Resolves with the exit code when it has ended. */
  async signal(signal: NodeJS.Signals): Promise<number | null> {
    if (this.isRunning) {
      const ended = new Promise((resolve) => this.child.once('close', resolve))
      this.child.kill(signal)
      await ended
    }
    return this.child.exitCode
  }
}

export class Installation {
  readonly folder: string
  readonly httpPort: number
  readonly devicePort: number
  readonly mqttPort: number
  readonly env: NodeJS.ProcessEnv
  readonly #processes: Process[] = []
  #isLoggedIn = false

  private constructor(folder: string, ports: readonly [number, number, number]) {
    this.folder = folder
    ;[this.httpPort, this.devicePort, this.mqttPort] = ports
    this.env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), NODE_COMPILE_CACHE: COMPILED }
    for (const name of [
      'OCELLI_URL',
      'OCELLI_TOKEN',
      'OCELLI_CONTEXT',
      'OCELLI_DATA_DIR',
      'DATABASE_URL',
      'MQTT_URL',
    ]) {
      delete this.env[name]
    }
  }

  static async create(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-e2e-'))
    return new Installation(folder, [await freePort(), await freePort(), await freePort()])
  }

  get dataDir(): string {
    return join(this.folder, 'data')
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`
  }

  get client(): Client {
    return new Client({ url: this.url, token: readFileSync(join(this.dataDir, 'admin.token'), 'utf8').trim() })
  }

  #portFlags(): string[] {
    return ['--http-port', this.httpPort, '--device-port', this.devicePort, '--mqtt-port', this.mqttPort].map(String)
  }

  start(name: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Process {
    const started = new Process(name, this.folder, script, args, { ...this.env, ...env })
    this.#processes.push(started)
    return started
  }

  startUp(...flags: string[]): Process {
    return this.start('up', 'server/cli/main.ts', ['up', '--data-dir', this.dataDir, ...this.#portFlags(), ...flags])
  }

  /** The control plane alone, ready to serve; other terminals (`cli`) are logged in. */
  async startServer(env: NodeJS.ProcessEnv = {}): Promise<Process> {
    mkdirSync(this.dataDir, { recursive: true })
    const args = ['--development', '--data-dir', this.dataDir, ...this.#portFlags()]
    const server = this.start('server', 'server/src/main.ts', args, env)
    await this.ready(server)
    if (!this.#isLoggedIn) await this.cli('login', this.url, '--token', this.client.context.token)
    this.#isLoggedIn = true
    return server
  }

  async ready(server: Process, timeoutMs = 90_000): Promise<void> {
    const isReady = async () => {
      if (!server.isRunning) throw new Error(`the server ended:\n${server.output.slice(-2000)}`)
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined)
      return answer?.ok === true
    }
    await waitUntil(isReady, 'the server is ready', timeoutMs)
  }

  /** Joins as a device of its own; answers its data folder. */
  async join(name: string, ...flags: string[]): Promise<string> {
    const token = (await this.cli('enroll')).stdout.trim()
    const dataDir = join(this.folder, `agent-${name}`)
    const done = await this.run('agent/src/main.ts', ['join', token, '--name', name, '--data-dir', dataDir, ...flags])
    if (done.code !== 0) throw new Error(`join failed: ${done.stderr}`)
    return dataDir
  }

  startAgent(dataDir: string, ...flags: string[]): Process {
    return this.start('agent', 'agent/src/main.ts', ['run', '--data-dir', dataDir, ...flags])
  }

  cli(...args: string[]): Promise<Finished> {
    return this.run('server/cli/main.ts', args)
  }

  /** Runs to the end. */
  async run(script: string, args: readonly string[]): Promise<Finished> {
    const child = spawn(process.execPath, [join(ROOT, script), ...args], { cwd: this.folder, env: this.env })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.end()
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, stdout, stderr }
  }

  async close(): Promise<void> {
    for (const started of this.#processes.reverse()) await started.signal('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
