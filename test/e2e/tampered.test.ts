/**
 * A control plane that was broken into, and a disk that was written to: what the publishers or the server did not sign
 * is refused on the device, whoever hands it over, and what runs beside it goes on.
 */
import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import { askStatus } from '@ocelli/agent/command/status-socket'
import { SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { ComponentStatement } from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import { signEnvelope } from '@ocelli/schemas/signing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { withCustomSection } from '../../wit/toolchain/wasm-sections.ts'
import { Installation, type Process } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import { hostileComponent } from '../support/wit-hostile.ts'

let installation: Installation
let server: Process
let agent: Process
let agentDir: string

beforeAll(async () => {
  installation = await Installation.create()
  server = await installation.startServer()
  await pushSample(installation, 'motion')
  agentDir = await installation.join('yard', '--camera', `file:${smallVideo()}`)
  agent = installation.startAgent(agentDir)
  await deploy('motion')
  await waitUntil(async () => (await instance('motion'))?.state === 'running', 'the neighbour runs', 90_000)
}, 240_000)
afterAll(() => installation.close())

test('components with a forged, foreign or swapped signature in the database are refused by the device', async () => {
  const key = createPrivateKey(readFileSync(join(installation.dataDir, 'keys/publisher.key')))
  const stranger = generateKeyPairSync('ed25519').privateKey
  const bytes = await hostileComponent('trap-each-frame')
  const forged = (envelope: Envelope) => ({
    ...envelope,
    signatures: envelope.signatures.map(({ keyid, sig }) => ({
      keyid,
      sig: Buffer.from(sig, 'base64').fill(7).toString('base64'),
    })),
  })
  const swaps: [string, string, (statement: ComponentStatement) => Envelope][] = [
    ['forged', 'trust.signature', (statement) => forged(signStatement(statement, key))],
    ['foreign', 'trust.unknownPublisher', (statement) => signStatement(statement, stranger)],
    ['renamed', 'trust.mismatch', (statement) => signStatement({ ...statement, name: 'other' }, key)],
    ['older', 'trust.mismatch', (statement) => signStatement({ ...statement, version: '0.9.0' }, key)],
    [
      'replaced',
      'trust.mismatch',
      (statement) => signStatement({ ...statement, digest: digestOf(Buffer.from('other bytes')) }, key),
    ],
  ]
  const rows = []
  for (const [name, , swap] of swaps) {
    const body = withCustomSection(bytes, 'variant', new TextEncoder().encode(name))
    const statement = stateComponent(name, '1.0.0', body)
    const headers = { [SIGNATURE_HEADER]: encoded(signStatement(statement, key)) }
    await installation.client.put(`/components/${name}/1.0.0`, { body, headers })
    rows.push({ name, signature: Buffer.from(JSON.stringify(swap(statement))) })
  }

  expect(await server.signal('SIGTERM')).toBe(0)
  const database = await PGlite.create(join(installation.dataDir, 'pgdata'))
  for (const { name, signature } of rows) {
    const digest = digestOf(signature)
    await database.query('INSERT INTO artifacts (digest, bytes) VALUES ($1, $2)', [digest, signature])
    const changed = await database.query('UPDATE components SET signature = $1 WHERE name = $2', [digest, name])
    expect(changed.affectedRows).toBe(1)
  }
  await database.close()
  server = await installation.startServer()

  for (const [name] of swaps) await deploy(name)
  for (const [name, code] of swaps) {
    await waitUntil(async () => (await instance(name))?.error !== undefined, `${name} is judged`, 60_000)
    expect(await instance(name)).toMatchObject({ state: 'refused', error: { code } })
  }
  expect(await instance('motion')).toMatchObject({ state: 'running', restarts: 0 })
}, 240_000)

test('a desired state that the server did not sign is not believed, and the next good one is', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  const changed = (envelope: Envelope) =>
    Buffer.from(Buffer.from(envelope.payload, 'base64').toString('utf8').replace('"motion"', '"others"'))
  const tampered: [string, (envelope: Envelope) => Envelope][] = [
    ['trust.signature', (envelope) => ({ ...envelope, payload: changed(envelope).toString('base64') })],
    ['trust.unknownPublisher', (envelope) => signEnvelope(PAYLOAD_TYPES.desired, changed(envelope), stranger)],
  ]
  await server.signal('SIGTERM')
  for (const [code, tamper] of tampered) {
    expect(await agent.signal('SIGTERM')).toBe(0)
    rewriteDesired(tamper)
    agent = installation.startAgent(agentDir)
    const believed = `the last desired state is not believed any more: ${code}`
    await waitUntil(() => agent.output.includes(believed), `the agent says ${code}`, 60_000)
    await waitUntil(async () => (await askStatus(agentDir)) !== undefined, 'the agent answers', 90_000)
    expect(await askStatus(agentDir)).toMatchObject({ link: 'down', instances: [] })
  }
  server = await installation.startServer()
  const runs = async () => ((await askStatus(agentDir))?.instances ?? []).some(({ state }) => state === 'running')
  await waitUntil(runs, 'what the server signed runs again', 90_000)
}, 240_000)

const digestOf = (bytes: NodeJS.ArrayBufferView) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}` as ComponentStatement['digest']
const encoded = (envelope: Envelope) => Buffer.from(JSON.stringify(envelope)).toString('base64')

function rewriteDesired(tamper: (envelope: Envelope) => Envelope): void {
  const database = new DatabaseSync(join(agentDir, 'agent.sqlite'))
  try {
    const row = database.prepare("SELECT value FROM value WHERE key = 'desired'").get()
    const envelope = JSON.parse(String(row?.value)) as Envelope
    const value = JSON.stringify(tamper(envelope))
    expect(value).not.toBe(row?.value)
    database.prepare("UPDATE value SET value = ? WHERE key = 'desired'").run(value)
  } finally {
    database.close()
  }
}

/** Five frames a second of something that moves. */
function smallVideo(): string {
  const file = join(installation.folder, 'moving.avi')
  const source = 'testsrc=size=160x120:rate=5:duration=10'
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', file])
  return file
}

async function deploy(name: string): Promise<void> {
  const spec = {
    realisations: [{ name: 'frames', component: `${name}@1.0.0` }],
    grants: ['frames', 'measurements'],
    limits: { memoryBytes: 8_388_608, callTimeoutMs: 5000 },
  }
  const manifest = { apiVersion: 'ocelli/v1', kind: 'Deployment', metadata: { name }, spec }
  await installation.client.post('/apply', { body: { manifests: [manifest] } })
}

async function instance(name: string): Promise<ReportedInstance | undefined> {
  const found = await installation.client.get<DeploymentDetail>(`/deployments/${name}`)
  return found.placements[0]?.state
}
