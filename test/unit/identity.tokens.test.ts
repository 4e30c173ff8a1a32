import { decodeEnrolmentToken } from '@ocelli/schemas/enrolment'
import { checkAccessToken, makeAccessToken, roleMay } from '@ocelli/server/identity/access-tokens'
import { DAY_MS } from '@ocelli/server/identity/certificates'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestAuthority, makeCsr, PROJECT, realRandom, type TestAuthority } from '../support/tls-authority.ts'

let world: TestAuthority
beforeEach(async () => {
  world = await createTestAuthority()
})
afterEach(() => world.dispose())

const audit = { atMs: 1, project: PROJECT, actor: 'test', action: 'x', subject: 'x', detail: {} }

describe('access tokens', () => {
  const made = (expiresAtMs?: number) =>
    makeAccessToken(realRandom, {
      project: PROJECT,
      name: 'ci',
      role: 'operator',
      createdAtMs: 0,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    })

  test('the text is accepted, and the row does not hold it', async () => {
    const { row, text } = made()
    await world.store.addAccessToken(row, audit)
    expect(text).toMatch(/^ocelli_[a-z2-7]{16}_[0-9a-f]{64}$/)
    expect(JSON.stringify(row)).not.toContain(text.split('_')[2])
    expect(await checkAccessToken(world.store, text, 5)).toMatchObject({ id: row.id, role: 'operator' })
  })

  test('unknown, malformed, wrong, expired and revoked ones are not', async () => {
    const { row, text } = made(100)
    await world.store.addAccessToken(row, audit)
    const wrong = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
    for (const bad of ['', 'ocelli_', wrong, `${text}0`, text.toUpperCase(), made().text]) {
      expect(await checkAccessToken(world.store, bad, 5)).toBeUndefined()
    }
    expect(await checkAccessToken(world.store, text, 99)).toBeDefined()
    expect(await checkAccessToken(world.store, text, 100)).toBeUndefined()
    await world.store.revokeAccessToken(row.id, audit)
    expect(await checkAccessToken(world.store, text, 5)).toBeUndefined()
  })

  test('roles hold the rights they are named for', () => {
    expect(['read', 'push', 'change', 'administer'].map((right) => roleMay('viewer', right as 'read'))).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(roleMay('publisher', 'push')).toBe(true)
    expect(roleMay('publisher', 'change')).toBe(false)
    expect(roleMay('operator', 'administer')).toBe(false)
    expect(roleMay('admin', 'administer')).toBe(true)
  })
})

describe('enrolment', () => {
  const request = async (token: { id: string; secret: string }, more = {}) => ({
    tokenId: token.id,
    secret: token.secret,
    csr: (await makeCsr()).csr,
    ...more,
  })

  test('a token is a device with a certificate, and the operator decides its labels', async () => {
    const token = await world.token({ labels: { site: 'hall' } })
    expect(decodeEnrolmentToken(token.text)?.rootSha256).toBe(world.authority.rootSha256)
    const answer = await world.enrolment.enrol(
      await request(token, { name: 'cam', labels: { site: 'mine', floor: '1' } }),
    )
    expect(answer).toMatchObject({ name: 'cam', certificateNumber: 1, project: PROJECT, roots: world.authority.roots })
    const device = await world.store.device(answer.device)
    expect(device?.labels).toEqual({ site: 'hall', floor: '1' })
  })

  test('a wrong secret, an unknown, used up, expired and revoked token are refused alike', async () => {
    const token = await world.token()
    const refused = { code: 'enrolment.invalid' }
    const wrong = { ...token, secret: token.secret.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    await expect(world.enrolment.enrol(await request(wrong))).rejects.toMatchObject(refused)
    await expect(world.enrolment.enrol(await request({ id: 't-x', secret: 'x' }))).rejects.toMatchObject(refused)
    await world.enrolment.enrol(await request(token))
    await expect(world.enrolment.enrol(await request(token))).rejects.toMatchObject(refused)
    const short = await world.token({ expiresInMs: 1000 })
    world.clock.shiftMs = 2000
    await expect(world.enrolment.enrol(await request(short))).rejects.toMatchObject(refused)
    const revoked = await world.token()
    await world.store.revokeEnrolmentToken(revoked.id, audit)
    await expect(world.enrolment.enrol(await request(revoked))).rejects.toMatchObject(refused)
    expect(await world.store.devices(PROJECT)).toHaveLength(1)
  })

  test('of two who use the last use at once, one gets it', async () => {
    const token = await world.token()
    const [a, b] = await Promise.allSettled([
      world.enrolment.enrol(await request(token)),
      world.enrolment.enrol(await request(token)),
    ])
    expect([a?.status, b?.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect(await world.store.devices(PROJECT)).toHaveLength(1)
  })

  test('a bad request takes no use of the token', async () => {
    const token = await world.token()
    const bad = { tokenId: token.id, secret: token.secret, csr: 'nonsense' }
    await expect(world.enrolment.enrol(bad)).rejects.toMatchObject({ code: 'request.invalid' })
    await expect(world.enrolment.enrol(await request(token, { name: '../x' }))).rejects.toMatchObject({
      code: 'request.invalid',
    })
    await expect(world.enrolment.enrol(await request(token))).resolves.toMatchObject({ certificateNumber: 1 })
  })

  test('a revoked certificate is in the list that brokers ask, and nowhere renewed', async () => {
    const device = await world.enrol()
    const serial = (await world.store.certificates(device.device))[0]?.serial ?? ''
    expect(await world.revocations.refresh()).toEqual([])
    await world.revoke(device.device)
    expect(await world.revocations.refresh()).toEqual([device.device])
    expect(await world.revocations.refresh()).toEqual([])
    expect(world.revocations.isRevoked(serial.toUpperCase())).toBe(true)
    const der = Buffer.from(device.chain.split('-----')[2] ?? '', 'base64')
    const { csr } = await makeCsr()
    await expect(world.enrolment.renew(der, csr)).rejects.toMatchObject({ code: 'certificate.revoked' })
    world.clock.shiftMs = 31 * DAY_MS
    await expect(world.enrolment.renew(der, csr)).rejects.toMatchObject({ code: 'certificate.revoked' })
  })
})
