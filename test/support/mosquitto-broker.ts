/** Starts mosquitto in a temporary folder with the configuration that Ocelli prints. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { brokerConfig } from '@ocelli/server/mqtt/broker-config'
import { freePort } from './free-port.ts'
import type { TestAuthority } from './tls-authority.ts'
import { waitUntil } from './wait-until.ts'

export interface MosquittoBroker {
  readonly deviceUrl: string
  readonly serverUrl: string
  readonly devicePort: number
  /** Stops it and starts it again: its memory is gone. */
  restart(): Promise<void>
  /** What it wrote to its log. */
  log(): string
  stop(): Promise<void>
}

/** A mosquitto process over the configuration in a folder. */
export interface MosquittoProcess {
  start(): Promise<void>
  stop(): Promise<void>
  log(): string
}

export function mosquittoProcess(configFile: string, ports: readonly number[]): MosquittoProcess {
  let output = ''
  let child: ChildProcess | undefined
  return {
    log: () => output,
    async start() {
      const started = spawn('mosquitto', ['-v', '-c', configFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
      })
      child = started
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      let failure: unknown
      started.once('error', (error) => {
        failure = error
      })
      await waitUntil(async () => {
        if (failure !== undefined || started.exitCode !== null)
          throw new Error(`mosquitto did not start: ${failure ?? output}`)
        return (await Promise.all(ports.map(isOpen))).every(Boolean)
      }, 'mosquitto listens')
    },
    async stop() {
      const running = child
      child = undefined
      if (running === undefined || running.exitCode !== null) return
      const ended = new Promise<void>((resolve) => running.once('close', () => resolve()))
      running.kill('SIGTERM')
      await ended
    },
  }
}

/** Started by root, mosquitto would change to a user that cannot read a test's folder. */
export const ownUserLine = `user ${userInfo().username}\n`

export async function startMosquitto(
  world: TestAuthority,
  change: (name: string, content: string) => string = (_name, content) => content,
): Promise<MosquittoBroker> {
  const directory = mkdtempSync(join(tmpdir(), 'ocelli-mosquitto-'))
  const [devicePort, serverPort] = await Promise.all([freePort(), freePort()])
  const leaf = await world.authority.issueBroker(['localhost', '127.0.0.1'])
  const write = async () => {
    await world.revocations.refresh()
    const revocationList = await world.authority.revocationList(world.revocations.all())
    const files = brokerConfig('mosquitto', {
      directory,
      host: '127.0.0.1',
      devicePort,
      serverPort,
      files: { authorities: world.authority.clientAuthorities, leaf, revocationList },
    })
    for (const { name, content, secret } of files) {
      const own = name === 'mosquitto.conf' ? ownUserLine : ''
      writeFileSync(join(directory, name), own + change(name, content), { mode: secret ? 0o600 : 0o644 })
    }
  }
  const running = mosquittoProcess(join(directory, 'mosquitto.conf'), [devicePort, serverPort])
  const start = async () => {
    await write()
    await running.start()
  }
  await start()
  return {
    deviceUrl: `mqtts://localhost:${devicePort}`,
    serverUrl: `mqtts://localhost:${serverPort}`,
    devicePort,
    log: running.log,
    async restart() {
      await running.stop()
      await start()
    },
    async stop() {
      await running.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
