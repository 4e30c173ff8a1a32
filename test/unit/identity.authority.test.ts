import { X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceId } from '@ocelli/schemas/ids'
import { keepServerLeaf, openAuthority, SERVER_NAME } from '@ocelli/server/identity/authority'
import { DAY_MS } from '@ocelli/server/identity/certificates'
import { createSealer, sealedOnce } from '@ocelli/server/identity/sealing'
import { SERVER_NAME as SERVER_NAME_ON_WIRE } from '@ocelli/server/mqtt/access'
import { createMemoryStore } from '@ocelli/server/store/memory'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestAuthority, makeCsr, realRandom, type TestAuthority } from '../support/tls-authority.ts'
import { waitUntil } from '../support/wait-until.ts'

const DEVICE = 'd-abcdefghijklmnop' as DeviceId
let world: TestAuthority

beforeEach(async () => {
  world = await createTestAuthority()
})
afterEach(() => world.dispose())

test('a device leaf lives for 30 days, names its device and is for the client side', async () => {
  const { csr } = await makeCsr()
  const issued = await world.authority.issueDevice(csr, DEVICE)
  const leaf = new X509Certificate(issued.chain)
  expect(leaf.subject).toBe(`CN=${DEVICE}`)
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  expect(leaf.serialNumber.toLowerCase()).toBe(issued.serial)
  expect(leaf.validToDate.getTime()).toBe(issued.expiresAtMs)
  expect(issued.expiresAtMs - world.clock.wallMs()).toBeGreaterThan(29.9 * DAY_MS)
  expect(issued.expiresAtMs - world.clock.wallMs()).toBeLessThanOrEqual(30 * DAY_MS)
  expect(world.authority.check(leaf, 0)).toMatchObject({ ok: true, device: DEVICE, serial: issued.serial })
})

test('an expired leaf is refused, and accepted within the grace of a renewal', async () => {
  const leaf = new X509Certificate((await world.authority.issueDevice((await makeCsr()).csr, DEVICE)).chain)
  world.clock.shiftMs = 31 * DAY_MS
  expect(world.authority.check(leaf, 0)).toMatchObject({ ok: false, code: 'certificate.expired' })
  expect(world.authority.check(leaf, 90 * DAY_MS)).toMatchObject({ ok: true })
  world.clock.shiftMs = 121 * DAY_MS
  expect(world.authority.check(leaf, 90 * DAY_MS)).toMatchObject({ ok: false, code: 'certificate.expired' })
})

test("another authority's leaf, the server's leaf and the issuing certificate are no devices", async () => {
  const other = await createTestAuthority()
  const stranger = await other.authority.issueDevice((await makeCsr()).csr, DEVICE)
  await other.dispose()
  const server = await world.authority.issueServer(['localhost'])
  for (const pem of [stranger.chain, server.chain, world.authority.clientAuthorities[1] ?? '']) {
    expect(world.authority.check(new X509Certificate(pem), 0)).toMatchObject({ ok: false, code: 'certificate.invalid' })
  }
})

test.each([
  '',
  'nonsense',
  '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
  'A'.repeat(8000),
])('a request that is none is refused: %s', async (csr) => {
  await expect(world.authority.issueDevice(csr, DEVICE)).rejects.toMatchObject({ code: 'request.invalid' })
})

test('a request over another curve, or changed after it was signed, is refused', async () => {
  const other = await makeCsr({ name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' })
  await expect(world.authority.issueDevice(other.csr, DEVICE)).rejects.toMatchObject({ code: 'request.invalid' })
  const { csr } = await makeCsr()
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const at = der.indexOf('ignored')
  der.write('Ignored', at)
  const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`
  expect(at).toBeGreaterThan(0)
  await expect(world.authority.issueDevice(changed, DEVICE)).rejects.toMatchObject({ code: 'request.invalid' })
})

test('the authority survives a restart without the root key, and another key file does not open it', async () => {
  const { store, sealer, keyFiles, clock } = world
  const rootless = { ...keyFiles, read: (name: string) => (name === 'root.key' ? undefined : keyFiles.read(name)) }
  const again = await openAuthority({ store, sealer, keyFiles: rootless, clock, random: realRandom })
  expect(again.rootSha256).toBe(world.authority.rootSha256)
  const wrong = createSealer(new Uint8Array(32), realRandom)
  await expect(openAuthority({ store, sealer: wrong, keyFiles, clock, random: realRandom })).rejects.toMatchObject({
    code: 'server.internal',
  })
})

test('key files are readable by their owner only and never overwritten', () => {
  expect(statSync(world.keysDir).mode & 0o777).toBe(0o700)
  for (const name of ['root.key', 'sealing.key', 'operator-root.key']) {
    expect(statSync(join(world.keysDir, name)).mode & 0o777).toBe(0o600)
    expect(world.keyFiles.create(name, 'other')).toBe(false)
  }
})

test('replicas that start at once agree on one secret', async () => {
  const store = createMemoryStore()
  const made = await Promise.all(
    [1, 2, 3].map((value) => sealedOnce(store, world.sealer, 'secret', () => Uint8Array.of(value))),
  )
  const [first, ...others] = made.map((secret) => Buffer.from(secret).toString('hex'))
  expect(others).toEqual([first, first])
  const row = await store.sealed('secret')
  expect(Buffer.from(row?.sealed ?? []).toString('hex')).not.toContain('secret')
})

test('a sealed secret cannot be put in the place of another, nor changed', () => {
  const sealed = world.sealer.seal('a', Buffer.from('text'))
  expect(Buffer.from(world.sealer.open('a', sealed)).toString()).toBe('text')
  expect(() => world.sealer.open('b', sealed)).toThrow(/does not open/)
  const changed = Uint8Array.from(sealed)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  expect(() => world.sealer.open('a', changed)).toThrow(/does not open/)
  expect(() => world.sealer.open('a', sealed.slice(0, 10))).toThrow(/does not open/)
})

test('the server leaf presents the root last, and is renewed at two thirds of its life', async () => {
  const timers: { delayMs: number; fn: () => void }[] = []
  let nowMs = Date.now()
  const clock = {
    ...world.clock,
    wallMs: () => nowMs,
    setTimer(delayMs: number, fn: () => void) {
      timers.push({ delayMs, fn })
      return () => {}
    },
  }
  const authority = await openAuthority({ ...world, clock, random: realRandom })
  const renewed: string[] = []
  const kept = await keepServerLeaf(authority, clock, ['localhost', '127.0.0.1', '::1'], ({ chain }) =>
    renewed.push(chain),
  )
  const certificates = kept.leaf.chain.split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem))
  expect(certificates.map(({ subject }) => subject)).toEqual([
    `CN=${SERVER_NAME}`,
    expect.stringMatching(/^CN=Ocelli issuing/),
    expect.stringMatching(/^CN=Ocelli root/),
  ])
  expect(certificates[2]?.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(authority.rootSha256)
  expect(certificates[0]?.checkHost('localhost')).toBe('localhost')
  expect(certificates[0]?.checkIP('127.0.0.1')).toBe('127.0.0.1')
  for (let day = 0; day < 21 && renewed.length === 0; day++) {
    const timer = timers.shift()
    expect(timer?.delayMs).toBeLessThanOrEqual(DAY_MS)
    nowMs += timer?.delayMs ?? 0
    timer?.fn()
    await waitUntil(() => timers.length > 0, 'the next check is planned')
  }
  expect(renewed).toHaveLength(1)
  expect((nowMs - Date.now()) / DAY_MS).toBeCloseTo(20, 0)
  kept.stop()
})

test('the brokers and the authority mean the same server', () => {
  expect(SERVER_NAME_ON_WIRE).toBe(SERVER_NAME)
})
