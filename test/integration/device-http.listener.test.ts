import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:tls'
import { readEnrolResponse, readRenewResponse } from '@ocelli/schemas/enrolment'
import type { DeviceId, Digest } from '@ocelli/schemas/ids'
import type { DesiredRow } from '@ocelli/server/domain/records'
import { createDeviceListener, type DeviceListener } from '@ocelli/server/http/device/device-listener'
import { DAY_MS } from '@ocelli/server/identity/certificates'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestAuthority, makeCsr, type TestAuthority } from '../support/tls-authority.ts'
import { type TlsRequest, tlsRequest } from '../support/tls-request.ts'

let world: TestAuthority
let listener: DeviceListener
let desired: Map<DeviceId, Pick<DesiredRow, 'instances'>>
let refusals: string[]

beforeEach(async () => {
  world = await createTestAuthority()
  desired = new Map()
  refusals = []
  const { authority, enrolment, store, clock } = world
  listener = await createDeviceListener({
    host: '127.0.0.1',
    port: 0,
    leaf: await authority.issueServer(['localhost', '127.0.0.1']),
    clientAuthorities: authority.clientAuthorities,
    enrolment,
    store: {
      desired: async (device) => desired.get(device) as DesiredRow | undefined,
      artifact: (digest) => store.artifact(digest),
      trust: () => store.trust(),
    },
    clock,
    onRefused: ({ code }) => refusals.push(code),
  })
})
afterEach(async () => {
  await listener.close()
  await world.dispose()
})

const call = (request: Omit<TlsRequest, 'port' | 'authorities'>) =>
  tlsRequest({ ...request, port: listener.port, authorities: world.authority.roots })

async function stored(bytes: Uint8Array): Promise<Digest> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
  await world.store.putArtifact(digest, bytes)
  return digest
}

/** A desired state that names these digests, as far as the listener reads it. */
function naming(digest: Digest, signature: Digest, config?: Digest): Pick<DesiredRow, 'instances'> {
  const instance = { components: [{ digest, signature }], config: config ? { digest: config } : { values: {} } }
  return { instances: [instance] as unknown as DesiredRow['instances'] }
}

describe('enrolment', () => {
  const enrol = (body: unknown) => call({ path: '/device/v1/enrol', body: JSON.stringify(body) })

  test('answers with all a device needs, and the certificate works', async () => {
    const token = await world.token()
    const { csr, key } = await makeCsr()
    const answer = await enrol({ tokenId: token.id, secret: token.secret, csr, name: 'cam' })
    expect(answer.status).toBe(200)
    const read = readEnrolResponse(answer.json())
    expect(read.ok).toBe(true)
    if (!read.ok) return
    const trust = await call({ path: '/device/v1/trust', identity: { chain: read.value.certificate, key } })
    expect(trust.json()).toEqual(read.value.trust)
  })

  test('the root of the token is the last certificate of the chain', async () => {
    const socket = connect({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    let certificate = socket.getPeerCertificate(true)
    while (certificate.issuerCertificate && certificate.issuerCertificate !== certificate) {
      certificate = certificate.issuerCertificate
    }
    expect(createHash('sha256').update(certificate.raw).digest('hex')).toBe(world.authority.rootSha256)
    socket.destroy()
  })

  test('wrong, unknown, expired and used tokens are refused alike', async () => {
    const { csr } = await makeCsr()
    const token = await world.token()
    const wrong = await enrol({ tokenId: token.id, secret: 'x', csr })
    expect([wrong.status, wrong.json().code]).toEqual([401, 'enrolment.invalid'])
    expect((await enrol({ tokenId: 't-none', secret: 'x', csr })).json().code).toBe('enrolment.invalid')
    expect((await enrol({ tokenId: token.id, secret: token.secret, csr })).status).toBe(200)
    expect((await enrol({ tokenId: token.id, secret: token.secret, csr })).json().code).toBe('enrolment.invalid')
    const short = await world.token({ expiresInMs: 1000 })
    world.clock.shiftMs = 1001
    expect((await enrol({ tokenId: short.id, secret: short.secret, csr })).json().code).toBe('enrolment.invalid')
    expect(refusals).toEqual(Array(4).fill('enrolment.invalid'))
  })

  test('nonsense is refused with a code and changes nothing', async () => {
    const token = await world.token()
    const { csr } = await makeCsr()
    const post = (body: string | Buffer) => call({ path: '/device/v1/enrol', body })
    expect((await post('{')).json()).toMatchObject({ status: 400, code: 'message.malformed' })
    expect((await post(Buffer.from([0xff, 0xfe]))).json().code).toBe('message.malformed')
    for (const body of ['null', '[]', '7', '{}', '{"tokenId":1}', JSON.stringify({ ...token, tokenId: token.id })]) {
      expect((await post(body)).json()).toMatchObject({ code: 'request.invalid' })
    }
    expect((await enrol({ tokenId: token.id, secret: token.secret, csr: 'no csr' })).json().code).toBe(
      'request.invalid',
    )
    expect((await enrol({ tokenId: token.id, secret: token.secret, csr })).status).toBe(200)
  })

  test('a body beyond the limit is refused before it is read', async () => {
    const big = await call({ path: '/device/v1/enrol', body: Buffer.alloc(40_000, 0x20) })
    expect(big.json()).toMatchObject({ status: 413, code: 'request.tooLarge' })
    const endless = await call({
      path: '/device/v1/enrol',
      body: Buffer.alloc(40_000, 0x20),
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect(endless.json().code).toBe('request.tooLarge')
  })

  test('who fails too often must wait, and others who hold a good certificate need not', async () => {
    const device = await world.enrol()
    const { csr } = await makeCsr()
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await enrol({ tokenId: 't-none', secret: 'x', csr })).json().code).toBe('enrolment.invalid')
    }
    const blocked = await enrol({ tokenId: 't-none', secret: 'x', csr })
    expect([blocked.status, blocked.json().code]).toEqual([503, 'server.busy'])
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0)
    expect((await call({ path: '/device/v1/trust', identity: device })).status).toBe(200)
  })
})

describe('certificates', () => {
  const renew = async (identity: { chain: string; key: string }) =>
    call({ path: '/device/v1/renew', body: JSON.stringify({ csr: (await makeCsr()).csr }), identity })

  test('no certificate, and one of another authority, open nothing', async () => {
    const other = await createTestAuthority()
    const stranger = await other.enrol()
    await other.dispose()
    for (const identity of [undefined, stranger]) {
      for (const path of ['/device/v1/trust', `/device/v1/artifacts/sha256:${'0'.repeat(64)}`]) {
        const answer = await call({ path, ...(identity === undefined ? {} : { identity }) })
        expect(answer.json()).toMatchObject({ status: 401, code: 'certificate.invalid' })
      }
    }
    expect((await renew(stranger)).json().code).toBe('certificate.invalid')
    expect((await call({ path: '/device/v1/renew', body: '{}' })).json().code).toBe('certificate.invalid')
  })

  test('a revoked one opens nothing, and a neighbour is unaffected', async () => {
    const [device, neighbour] = [await world.enrol(), await world.enrol()]
    await world.revoke(device.device)
    expect((await call({ path: '/device/v1/trust', identity: device })).json().code).toBe('certificate.revoked')
    expect((await renew(device)).json().code).toBe('certificate.revoked')
    expect((await call({ path: '/device/v1/trust', identity: neighbour })).status).toBe(200)
  })

  test('renewal gives the next number, also to an expired certificate within 90 days', async () => {
    const device = await world.enrol()
    const first = readRenewResponse((await renew(device)).json())
    expect(first).toMatchObject({ ok: true, value: { certificateNumber: 2 } })
    world.clock.shiftMs = 31 * DAY_MS
    expect((await call({ path: '/device/v1/trust', identity: device })).json().code).toBe('certificate.expired')
    expect(readRenewResponse((await renew(device)).json())).toMatchObject({ ok: true, value: { certificateNumber: 3 } })
    world.clock.shiftMs = 121 * DAY_MS
    expect((await renew(device)).json()).toMatchObject({ status: 401, code: 'certificate.expired' })
  })

  test('the leaf of the listener can be changed while it runs', async () => {
    const next = await world.authority.issueServer(['localhost', '127.0.0.1'])
    listener.useLeaf(next)
    const socket = connect({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    const raw = socket.getPeerCertificate().raw.toString('base64')
    socket.destroy()
    expect(next.chain.replace(/\s/g, '')).toContain(raw)
  })
})

describe('artifacts', () => {
  test('a device gets what its desired state names: components, signatures, configurations', async () => {
    const device = await world.enrol()
    const bytes = [randomBytes(300_000), randomBytes(500), randomBytes(5000)]
    const [component, signature, config] = await Promise.all(bytes.map(stored))
    if (!component || !signature || !config) throw new Error('not stored')
    desired.set(device.device, naming(component, signature, config))
    for (const [index, digest] of [component, signature, config].entries()) {
      const answer = await call({ path: `/device/v1/artifacts/${digest}`, identity: device })
      expect(answer.status).toBe(200)
      expect(answer.bytes.equals(bytes[index] ?? Buffer.of())).toBe(true)
    }
    const encoded = await call({ path: `/device/v1/artifacts/${encodeURIComponent(component)}`, identity: device })
    expect(encoded.status).toBe(200)
  })

  test('and nothing else', async () => {
    const [device, neighbour] = [await world.enrol(), await world.enrol()]
    const digest = await stored(randomBytes(10))
    desired.set(neighbour.device, naming(digest, digest))
    const fetch = (text: string) => call({ path: `/device/v1/artifacts/${text}`, identity: device })
    expect((await fetch(digest)).json()).toMatchObject({ status: 404, code: 'request.notFound' })
    desired.set(device.device, naming(`sha256:${'1'.repeat(64)}` as Digest, digest))
    expect((await fetch(`sha256:${'1'.repeat(64)}`)).json().code).toBe('request.notFound')
    expect((await fetch(digest)).status).toBe(200)
    for (const odd of ['', 'x', '%zz', '..%2f..%2fetc%2fpasswd', digest.toUpperCase()]) {
      expect((await fetch(odd)).json().code).toBe('request.notFound')
    }
  })

  test('a fetch goes on from where it stopped', async () => {
    const device = await world.enrol()
    const bytes = randomBytes(1000)
    const digest = await stored(bytes)
    desired.set(device.device, naming(digest, digest))
    const from = (range: string) =>
      call({ path: `/device/v1/artifacts/${digest}`, identity: device, headers: { range } })
    const rest = await from('bytes=990-')
    expect([rest.status, rest.headers['content-range']]).toEqual([206, 'bytes 990-999/1000'])
    expect(rest.bytes.equals(bytes.subarray(990))).toBe(true)
    expect((await from('bytes=0-')).bytes.equals(bytes)).toBe(true)
    expect((await from('bytes=1000-')).status).toBe(416)
    for (const odd of ['bytes=0-5', 'bytes=-5', 'bytes=a-', 'lines=1-']) {
      expect((await from(odd)).json()).toMatchObject({ code: 'request.invalid' })
    }
  })
})

test('unknown paths and methods are refused with a code', async () => {
  for (const path of [
    '/',
    '/device/v1',
    '/device/v1/enrol',
    '/device/v1/trust/x',
    '/device/v2/trust',
    '/device/v1/toString',
  ]) {
    expect((await call({ path })).json()).toMatchObject({ status: 404, code: 'request.notFound' })
  }
  expect((await call({ path: '/device/v1/trust', method: 'DELETE' })).status).toBe(404)
})

test('bytes that are no TLS and headers without end stop nobody else', async () => {
  const { connect: plain } = await import('node:net')
  const closed = (socket: ReturnType<typeof plain>) =>
    new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const noise = plain(listener.port, '127.0.0.1')
  noise.on('error', () => {})
  noise.write(randomBytes(2000))
  await closed(noise)
  const endless = connect({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
  endless.on('error', () => {})
  endless.resume()
  endless.write(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}`)
  await closed(endless)
  expect((await call({ path: '/device/v1/trust', identity: await world.enrol() })).status).toBe(200)
})
