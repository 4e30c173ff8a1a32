import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { type Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import type { Digest, KeyId } from '@ocelli/schemas/ids'
import { verifyEnvelope } from '@ocelli/schemas/signing'
import { developmentOperatorKey } from '@ocelli/server/identity/key-files'
import { createSigner, publicKeyText } from '@ocelli/server/identity/keys'
import {
  firstTrust,
  publisher,
  readTrust,
  signTrust,
  verifyComponent,
  withoutPublisher,
  withPublisher,
} from '@ocelli/server/identity/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestAuthority, PROJECT, type TestAuthority } from '../support/tls-authority.ts'

const operator = generateKeyPairSync('ed25519')
const acme = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const server = generateKeyPairSync('ed25519')

const document = withPublisher(
  firstTrust({ project: PROJECT, issuedAtMs: 1, development: true, servers: [server.publicKey], publishers: [] }),
  publisher('acme', publicKeyText(acme.publicKey), ['people-*', 'motion']),
  2,
)

function statement(name: string, changes: Record<string, unknown> = {}): Buffer {
  const digest = `sha256:${'0'.repeat(64)}` as Digest
  return Buffer.from(
    JSON.stringify({ name, version: '1.0.0', digest, sizeBytes: 8, imports: [], exports: [], needs: {}, ...changes }),
  )
}

const signed = (key: typeof acme, name: string) =>
  createSigner(key.privateKey).sign(PAYLOAD_TYPES.component, statement(name))

describe('component signatures', () => {
  test('a publisher is believed for the names it may publish', () => {
    expect(verifyComponent(signed(acme, 'people-count'), document)).toMatchObject({ ok: true, publisher: 'acme' })
    expect(verifyComponent(signed(acme, 'motion'), document)).toMatchObject({ ok: true })
  })

  test.each(['motion-2', 'people', 'x-people-count'])('not for %s', (name) => {
    expect(verifyComponent(signed(acme, name), document)).toMatchObject({ ok: false, code: 'trust.unknownPublisher' })
  })

  test('an unknown key is an unknown publisher, also under the key id of a known one', () => {
    expect(verifyComponent(signed(stranger, 'motion'), document)).toMatchObject({
      ok: false,
      code: 'trust.unknownPublisher',
    })
    const forged = signed(stranger, 'motion')
    const [known] = document.publishers
    const under = { ...forged, signatures: forged.signatures.map(({ sig }) => ({ sig, keyid: known?.keyId as KeyId })) }
    expect(verifyComponent(under, document)).toMatchObject({ ok: false, code: 'trust.signature' })
  })

  test('a changed payload, another type, and base64 that is none are refused', () => {
    const good = signed(acme, 'motion')
    const payload = statement('motion', { version: '1.0.1' }).toString('base64')
    expect(verifyComponent({ ...good, payload }, document)).toMatchObject({ ok: false, code: 'trust.signature' })
    expect(verifyComponent({ ...good, payload: `${good.payload}!` }, document)).toMatchObject({ ok: false })
    expect(verifyComponent({ ...good, payloadType: PAYLOAD_TYPES.trust }, document)).toMatchObject({
      ok: false,
      code: 'trust.signature',
    })
    const asTrust = createSigner(acme.privateKey).sign(PAYLOAD_TYPES.trust, statement('motion'))
    expect(verifyComponent({ ...asTrust, payloadType: PAYLOAD_TYPES.component }, document)).toMatchObject({ ok: false })
  })

  test('one good signature among unknown ones is enough', () => {
    const [bad] = signed(stranger, 'motion').signatures
    const good = signed(acme, 'motion')
    const both: Envelope = { ...good, signatures: [...(bad ? [bad] : []), ...good.signatures] }
    expect(verifyComponent(both, document)).toMatchObject({ ok: true })
  })

  test('a signed text that is no statement is a mismatch', () => {
    const odd = createSigner(acme.privateKey).sign(PAYLOAD_TYPES.component, Buffer.from('{"name":"motion"}'))
    expect(verifyComponent(odd, document)).toMatchObject({ ok: false, code: 'trust.mismatch' })
    const noJson = createSigner(acme.privateKey).sign(PAYLOAD_TYPES.component, Buffer.from([0xff, 0xfe]))
    expect(verifyComponent(noJson, document)).toMatchObject({ ok: false, code: 'trust.mismatch' })
  })
})

describe('trust documents', () => {
  test('each change is a new version, and a publisher of the same id is replaced', () => {
    expect(document.version).toBe(2)
    const next = withPublisher(document, publisher('acme', publicKeyText(stranger.publicKey), ['*']), 3)
    expect(next).toMatchObject({ version: 3, publishers: [{ id: 'acme', names: ['*'] }] })
    expect(withoutPublisher(next, 'acme', 4)).toMatchObject({ version: 4, publishers: [] })
  })

  test('only the operator signs them', () => {
    expect(readTrust(signTrust(document, operator.privateKey), operator.publicKey)).toEqual(document)
    expect(() => readTrust(signTrust(document, stranger.privateKey), operator.publicKey)).toThrow(/not signed/)
  })

  test('a key id that is not of its key is refused', () => {
    const [first] = document.publishers
    const wrong = { ...document, publishers: first ? [{ ...first, publicKey: publicKeyText(stranger.publicKey) }] : [] }
    expect(() => readTrust(signTrust(wrong, operator.privateKey), operator.publicKey)).toThrow(/not the id/)
  })

  test('a publisher needs an Ed25519 key', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    expect(() => publisher('x', der, ['*'])).toThrow(/Ed25519/)
    expect(() => publisher('x', 'AAAA', ['*'])).toThrow(/Ed25519/)
  })
})

describe('the server keeps the document', () => {
  let world: TestAuthority
  beforeEach(async () => {
    world = await createTestAuthority()
  })
  afterEach(() => world.dispose())

  test('newer ones of the pinned operator only', async () => {
    const key = developmentOperatorKey(world.keyFiles)
    const held = await world.trust.current()
    expect(held?.document).toMatchObject({ version: 1, development: true })
    const by = { actor: 'test', atMs: 1 }
    const next = withPublisher(held?.document ?? document, publisher('acme', publicKeyText(acme.publicKey), ['*']), 5)
    await expect(world.trust.adopt(signTrust(next, stranger.privateKey), by)).rejects.toMatchObject({
      code: 'trust.signature',
    })
    await world.trust.adopt(signTrust(next, key), by)
    expect((await world.trust.current())?.document.publishers).toHaveLength(1)
    await expect(world.trust.adopt(signTrust(next, key), by)).rejects.toMatchObject({ code: 'trust.rollback' })
    await expect(world.trust.pin(stranger.publicKey)).rejects.toMatchObject({ code: 'request.conflict' })
    await world.trust.pin(createPublicKey(key))
  })
})

test('a verified envelope names the key that signed', () => {
  const envelope = signed(acme, 'motion')
  const verified = verifyEnvelope(envelope, PAYLOAD_TYPES.component, [stranger.publicKey, acme.publicKey])
  expect(verified).toMatchObject({ ok: true, keyId: envelope.signatures[0]?.keyid })
})
