/** An embedded server in this process on a folder of its own, with an administrator, and agents with real ports on it. */

import { spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenDevice, openDevice } from '@ocelli/agent/device'
import { join as joinServer } from '@ocelli/agent/join'
import { SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import { readMainOptions } from '@ocelli/server/main-options'
import { openServer, type RunningServer } from '@ocelli/server/open-server'
import { pino } from 'pino'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { FakeHost } from './agent-host.ts'
import { FakeImagers } from './agent-world.ts'
import { ApiClient } from './server-client.ts'
import { buildSample } from './wit-build.ts'

const CLI = join(import.meta.dirname, '../../server/cli/main.ts')
const SILENT = pino({ level: 'silent' })

export class EmbeddedServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'ocelli-embedded-'))
  #running: RunningServer | undefined
  #ports: readonly [string, string] = ['0', '0']
  readonly #devices: OpenDevice[] = []

  get running(): RunningServer {
    if (this.#running === undefined) throw new Error('the server does not run')
    return this.#running
  }

  dataDir(name = 'data'): string {
    return join(this.folder, name)
  }

  /** Starts on the same ports for devices each time. */
  async start(name = 'data'): Promise<ApiClient> {
    const dataDir = this.dataDir(name)
    const [devicePort, mqttPort] = this.#ports
    const ports = ['--http-port', '0', '--device-port', devicePort, '--mqtt-port', mqttPort]
    const running = await openServer(readMainOptions(['--development', '--data-dir', dataDir, ...ports], {}), SILENT)
    this.#running = running
    this.#ports = [new URL(running.deviceUrl).port, new URL(running.mqttUrl).port]
    return new ApiClient(running.url, readFileSync(join(dataDir, 'admin.token'), 'utf8').trim())
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop()
  }

  /** Pushes `motion@1.0.0` and deploys it as `moves` on every imager. */
  async deployMotion(admin: ApiClient, name = 'data'): Promise<void> {
    const { component: bytes } = await buildSample('motion')
    const key = createPrivateKey(readFileSync(join(this.dataDir(name), 'keys', 'publisher.key')))
    const envelope = signStatement(stateComponent('motion', '1.0.0', bytes), key)
    const signature = Buffer.from(JSON.stringify(envelope)).toString('base64')
    const params = { name: 'motion', version: '1.0.0' }
    await admin.ok('pushComponent', { params, bytes, headers: { [SIGNATURE_HEADER]: signature } })
    const spec = { realisations: [{ name: 'main', component: 'motion@1.0.0' }], grants: ['frames', 'measurements'] }
    const manifest = { apiVersion: 'ocelli/v1', kind: 'Deployment', metadata: { name: 'moves' }, spec }
    await admin.ok('applyChange', { body: { manifests: [manifest] } })
  }

  /** Runs `ocelli` as the holder of this token to its end; without one where no server is asked. */
  async cli({ url = '', token = '' }: Partial<Pick<ApiClient, 'url' | 'token'>>, ...args: string[]) {
    const env = { ...process.env, OCELLI_URL: url, OCELLI_TOKEN: token, XDG_CONFIG_HOME: join(this.folder, 'config') }
    const child = spawn(process.execPath, [CLI, ...args], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, stdout, stderr }
  }

  /** Joins in a folder of that name; answers the identity. */
  join(name: string, token: string) {
    return joinServer(token, { dataDir: this.dataDir(name), name })
  }

  /** A real agent on what `join` left; only the component host and the imagers are made up. */
  async startAgent(name: string): Promise<{ readonly device: OpenDevice; readonly host: FakeHost }> {
    const host = new FakeHost()
    const config = { version: '0.1.0', commitWithinMs: 50 }
    const imagers = new FakeImagers()
    imagers.set('cam0')
    const replace = { host, imagers }
    const device = await openDevice({ dataDir: this.dataDir(name), config, replace })
    this.#devices.push(device)
    await device.agent.start()
    return { device, host }
  }

  async close(): Promise<void> {
    for (const device of this.#devices.splice(0)) await device.close()
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
