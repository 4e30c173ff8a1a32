/** Joining, renewing and fetching over real TLS: whom the agent believes, and what it says before it does. */
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { identityPath, loadIdentity, saveIdentity } from '@ocelli/agent/identity/identity-file'
import { FileIdentity } from '@ocelli/agent/identity/identity-keeper'
import { join } from '@ocelli/agent/join'
import { httpsSource } from '@ocelli/agent/link/https-source'
import { decodeEnrolmentToken, encodeEnrolmentToken } from '@ocelli/schemas/enrolment'
import type { Digest } from '@ocelli/schemas/ids'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Authority, DEVICE, digestOf, makeKey } from '../support/agent-documents.ts'
import { type ServerOptions, TestAuthority, TestServer } from '../support/agent-server.ts'

const signers = new Authority()
let dataDir = ''
const servers: TestServer[] = []

beforeEach(() => {
  dataDir = mkdtempSync(joinPath(tmpdir(), 'ocelli-join-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  rmSync(dataDir, { recursive: true })
})

async function start(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await TestServer.start({ device: DEVICE, signers, ...options })
  servers.push(server)
  return server
}

test('a token makes this machine a device, with a key that only its owner can read', async () => {
  const server = await start()
  const identity = await join(server.token, { dataDir, name: 'yard', labels: { floor: '1' } })
  expect(identity).toMatchObject({ device: DEVICE, name: 'camera-1', certificateNumber: 1 })
  expect(server.bodies[0]).toMatchObject({ tokenId: 't-1', name: 'yard', labels: { floor: '1' } })
  expect(statSync(identityPath(dataDir)).mode & 0o777).toBe(0o600)
  const stored = loadIdentity(dataDir)
  const certificate = new X509Certificate(stored.certificate)
  expect(certificate.subject).toContain(DEVICE)
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  expect(stored.deviceUrl).toBe(server.url)
})

test('a server with another root hears nothing but a handshake', async () => {
  const server = await start({ shown: await TestAuthority.make() })
  await expect(join(server.token, { dataDir })).rejects.toMatchObject({ code: 'enrolment.wrongServer' })
  expect(server.requests).toEqual([])
  expect(existsSync(identityPath(dataDir))).toBe(false)
})

test('a token of another server is refused, although this server is an honest one', async () => {
  const server = await start()
  const other = await start()
  const { rootSha256 } = decodeEnrolmentToken(other.token) ?? { rootSha256: '' }
  const read = decodeEnrolmentToken(server.token)
  if (read === undefined) throw new Error('token')
  await expect(join(encodeEnrolmentToken({ ...read, rootSha256 }), { dataDir })).rejects.toMatchObject({
    code: 'enrolment.wrongServer',
  })
  expect(server.requests).toEqual([])
})

test('the right root does not help a certificate that is for another host', async () => {
  const server = await start({ names: ['other.example'] })
  await expect(join(server.token, { dataDir })).rejects.toMatchObject({ code: 'artifact.unavailable' })
  expect(server.requests).toEqual([])
})

test('a server cannot pass by showing the right root beside a leaf that is not below it', async () => {
  const impostor = await TestAuthority.make()
  const server = await start()
  // The root's certificate is public: whoever has it can send it along.
  const shown = Object.assign(Object.create(TestAuthority.prototype) as TestAuthority, {
    root: server.authority.root,
    issuing: impostor.issuing,
  })
  const trap = await start({ shown })
  const read = decodeEnrolmentToken(server.token)
  if (read === undefined) throw new Error('token')
  const token = encodeEnrolmentToken({ ...read, url: trap.url })
  await expect(join(token, { dataDir })).rejects.toThrow()
  expect(trap.requests).toEqual([])
})

test('a refused token, a broken token and a second join each have their code', async () => {
  const server = await start()
  const read = decodeEnrolmentToken(server.token)
  if (read === undefined) throw new Error('token')
  const used = encodeEnrolmentToken({ ...read, secret: 'wrong' })
  await expect(join(used, { dataDir })).rejects.toMatchObject({
    code: 'enrolment.invalid',
    message: 'the token is used up',
  })
  await expect(join(server.token.slice(0, -9), { dataDir })).rejects.toMatchObject({ code: 'enrolment.invalid' })
  await expect(join('ocelli1.e30', { dataDir })).rejects.toMatchObject({ code: 'enrolment.invalid' })
  await join(server.token, { dataDir })
  await expect(join(server.token, { dataDir })).rejects.toMatchObject({ code: 'request.conflict' })
})

test('nobody at the address is said as such', async () => {
  const server = await start()
  const { token } = server
  await server.close()
  servers.length = 0
  await expect(join(token, { dataDir })).rejects.toMatchObject({ code: 'artifact.unavailable' })
})

test('a trust document that the operator did not sign ends the enrolment', async () => {
  const forger = Object.assign(new Authority(), { operator: makeKey() })
  const mixed = Object.assign(new Authority(), {
    signedTrust: () => forger.signedTrust(),
  })
  const server = await start({ signers: mixed })
  await expect(join(server.token, { dataDir })).rejects.toMatchObject({ code: 'trust.signature' })
  expect(existsSync(identityPath(dataDir))).toBe(false)
})

test('a certificate is renewed with a new key over the old one, also when the old one has expired', async () => {
  const server = await start({ certificateDays: -1 })
  await join(server.token, { dataDir })
  const before = loadIdentity(dataDir)
  const identity = new FileIdentity(dataDir)
  expect(identity.current().validToMs).toBeLessThan(Date.now())
  const renewed = await identity.renew()
  expect(renewed.certificateNumber).toBe(2)
  expect(server.requests.at(-1)).toMatchObject({ path: '/device/v1/renew', client: DEVICE })
  const after = loadIdentity(dataDir)
  expect(after.privateKey).not.toBe(before.privateKey)
  expect(identity.tls().client?.certificate).toBe(after.certificate)
})

test('an artifact is fetched with the device certificate and goes on from where it broke off', async () => {
  const server = await start()
  await join(server.token, { dataDir })
  const source = httpsSource(new FileIdentity(dataDir))
  const bytes = Buffer.from('x'.repeat(300_000))
  const digest = digestOf(bytes)
  server.files.set(digest, bytes)
  server.cutAfterBytes = 100_000
  const held: Uint8Array[] = []
  const heldBytes = () => held.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  const read = async (offset: number) => {
    for await (const chunk of source.fetch(digest, offset)) held.push(chunk)
  }
  await expect(read(0)).rejects.toMatchObject({ code: 'artifact.unavailable' })
  const offset = heldBytes()
  expect(offset).toBeGreaterThan(0)
  await read(offset)
  expect(digestOf(Buffer.concat(held))).toBe(digest)
  expect(server.requests.at(-1)).toMatchObject({ range: `bytes=${offset}-`, client: DEVICE })
  await read(heldBytes())
  expect(heldBytes()).toBe(bytes.byteLength)
  await expect(
    source
      .fetch('sha256:none' as Digest, 0)
      [Symbol.asyncIterator]()
      .next(),
  ).rejects.toMatchObject({
    code: 'request.notFound',
  })
  expect(JSON.parse(await source.fetchTrust())).toMatchObject({ payloadType: 'application/vnd.ocelli.trust.v1+json' })
})

test('another server behind the known address is not asked for anything', async () => {
  const server = await start()
  await join(server.token, { dataDir })
  const other = await start()
  saveIdentity(dataDir, { ...loadIdentity(dataDir), deviceUrl: other.url })
  await expect(httpsSource(new FileIdentity(dataDir)).fetchTrust()).rejects.toMatchObject({
    code: 'artifact.unavailable',
  })
  expect(other.requests).toEqual([])
})
