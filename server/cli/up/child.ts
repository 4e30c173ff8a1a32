/** One child process of `ocelli up`: its log goes to a file, it is started again when it dies, and it never outlives us. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'

export interface ChildOptions {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** Called when it died and comes back, and with `true` when it died too often. */
  readonly onDeath: (reason: string, givenUp: boolean) => void
}

const RESTART_MS = 1000
/** Deaths within the window after which it is given up. */
const MOST_DEATHS = 5
const DEATH_WINDOW_MS = 60_000
const STOP_MS = 10_000

export class Child {
  readonly #options: ChildOptions
  readonly #log: WriteStream
  #process: ChildProcess | undefined
  #timer: NodeJS.Timeout | undefined
  #stopping = false
  #deaths: number[] = []

  constructor(options: ChildOptions) {
    this.#options = options
    this.#log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 })
    this.#start()
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Asks it to end, and kills it where it does not within ten seconds. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    const child = this.#process
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(timer)
    }
    await new Promise<void>((resolve) => this.#log.end(() => resolve()))
  }

  #start(): void {
    const { script, args, env, name } = this.#options
    // The pipe on standard input closes when this process dies, however it dies: the child then ends by itself.
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      // Ctrl-C reaches the whole process group; children are stopped in order by `stop` instead.
      detached: true,
    })
    this.#process = child
    child.stdin?.on('error', () => undefined)
    child.stdout?.pipe(this.#log, { end: false })
    child.stderr?.pipe(this.#log, { end: false })
    child.once('error', (error) => this.#died(`${name} could not be started: ${error.message}`))
    child.once('exit', (code, signal) => this.#died(`${name} ended (${signal ?? `exit code ${code}`})`))
  }

  #died(reason: string): void {
    if (this.#stopping) return
    const now = performance.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATH_WINDOW_MS), now]
    const givenUp = this.#deaths.length >= MOST_DEATHS
    this.#options.onDeath(reason, givenUp)
    if (!givenUp) this.#timer = setTimeout(() => this.#start(), RESTART_MS)
  }
}
