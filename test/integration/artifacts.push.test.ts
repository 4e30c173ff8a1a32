import { createHash, generateKeyPairSync } from 'node:crypto'
import type { ComponentStatement } from '@ocelli/schemas/component'
import type { Digest } from '@ocelli/schemas/ids'
import { createAdmission, type ProcessAdmission } from '@ocelli/server/artifacts/admission'
import { pushComponent } from '@ocelli/server/artifacts/push-component'
import { publicKeyText } from '@ocelli/server/identity/keys'
import { firstTrust, publisher, verifyComponent } from '@ocelli/server/identity/trust'
import { createMemoryStore } from '@ocelli/server/store/memory'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { withCustomSection } from '../../wit/toolchain/wasm-sections.ts'
import { PROJECT } from '../support/tls-authority.ts'
import { hostileComponent } from '../support/wit-hostile.ts'

const acme = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const trust = firstTrust({
  project: PROJECT,
  issuedAtMs: 1,
  development: true,
  servers: [acme.publicKey],
  publishers: [publisher('acme', publicKeyText(acme.publicKey), ['people-*'])],
})

let admission: ProcessAdmission
let bytes: Uint8Array
let store: ReturnType<typeof createMemoryStore>

beforeAll(async () => {
  admission = createAdmission()
  const needs = new TextEncoder().encode('{"memoryBytes":65536}')
  bytes = withCustomSection(await hostileComponent('unknown-import'), 'ocelli:needs', needs)
})
afterAll(() => admission.close())
beforeEach(() => {
  store = createMemoryStore()
})

const push = (statement: ComponentStatement, content = bytes, key = acme.privateKey) =>
  pushComponent(store, admission, (envelope) => verifyComponent(envelope, trust), {
    bytes: content,
    envelope: signStatement(statement, key),
    project: PROJECT,
    actor: 'test',
    atMs: 7,
  })
const good = () => stateComponent('people-count', '1.0.0', bytes)

test('what a publisher built and signed is stored: bytes, envelope and row', async () => {
  const row = await push(good())
  expect(row).toMatchObject({
    name: 'people-count',
    version: '1.0.0',
    publisher: 'acme',
    needs: { memoryBytes: 65536 },
  })
  expect(await store.component(PROJECT, 'people-count', '1.0.0')).toEqual(row)
  expect(Buffer.from((await store.artifact(row.digest)) ?? []).equals(Buffer.from(bytes))).toBe(true)
  const signature = Buffer.from((await store.artifact(row.signature)) ?? [])
  expect(`sha256:${createHash('sha256').update(signature).digest('hex')}`).toBe(row.signature)
  expect(JSON.parse(signature.toString())).toEqual(signStatement(good(), acme.privateKey))
})

test('pushing the same again is fine, other bytes under the same name and version are not', async () => {
  const row = await push(good())
  expect(await push(good())).toEqual(row)
  const other = withCustomSection(bytes, 'other', new Uint8Array(1))
  await expect(push(stateComponent('people-count', '1.0.0', other), other)).rejects.toMatchObject({
    code: 'component.exists',
  })
  await expect(push(stateComponent('people-count', '1.0.1', other), other)).resolves.toMatchObject({ version: '1.0.1' })
})

test('an unknown publisher, and a name that is not the publisher’s, are refused', async () => {
  await expect(push(good(), bytes, stranger.privateKey)).rejects.toMatchObject({ code: 'trust.unknownPublisher' })
  await expect(push(stateComponent('motion', '1.0.0', bytes))).rejects.toMatchObject({ code: 'trust.unknownPublisher' })
})

test.each<[string, (statement: ComponentStatement) => Partial<ComponentStatement>]>([
  ['digest', () => ({ digest: `sha256:${'0'.repeat(64)}` as Digest })],
  ['sizeBytes', ({ sizeBytes }) => ({ sizeBytes: sizeBytes + 1 })],
  ['imports', ({ imports }) => ({ imports: imports.slice(1) })],
  ['imports', ({ imports }) => ({ imports: [...imports, 'ocelli:sensing/images@0.1.0'] })],
  ['exports', () => ({ exports: ['a:b/c@1.0.0'] })],
  ['needs', () => ({ needs: {} })],
])('a signed %s that is not the component’s is a mismatch, and nothing is stored', async (field, change) => {
  const statement = good()
  await expect(push({ ...statement, ...change(statement) })).rejects.toMatchObject({
    code: 'trust.mismatch',
    message: expect.stringContaining(field),
  })
  expect(await store.components(PROJECT)).toEqual([])
  expect(await store.artifact(statement.digest)).toBeUndefined()
})

test('a signature does not make good what is no component', async () => {
  const core = await hostileComponent('core-module')
  const digest = `sha256:${createHash('sha256').update(core).digest('hex')}` as Digest
  const statement = { ...good(), digest, sizeBytes: core.byteLength }
  await expect(push(statement, core)).rejects.toMatchObject({ code: 'component.coreModule' })
})
