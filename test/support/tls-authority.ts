/** A real certificate authority in a temporary folder, with devices that have real certificates. */
import 'reflect-metadata'
import { createPublicKey, randomBytes, webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeEnrolmentToken, type EnrolResponse } from '@ocelli/schemas/enrolment'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { type Authority, openAuthority } from '@ocelli/server/identity/authority'
import { openDesiredSigner } from '@ocelli/server/identity/desired-signer'
import { createEnrolment, type Enrolment, makeEnrolmentToken } from '@ocelli/server/identity/enrolment'
import { developmentOperatorKey, type KeyFiles, openKeyFiles, sealingKey } from '@ocelli/server/identity/key-files'
import { createRevocations, type Revocations } from '@ocelli/server/identity/revocation'
import { createSealer, type Sealer } from '@ocelli/server/identity/sealing'
import { firstTrust, openTrust, signTrust, type TrustKeeper } from '@ocelli/server/identity/trust'
import type { Clock, Random } from '@ocelli/server/ports'
import { createMemoryStore } from '@ocelli/server/store/memory'
import type { Store } from '@ocelli/server/store/store'
import * as x509 from '@peculiar/x509'

export const PROJECT = 'default' as ProjectId

export const realRandom: Random = { bytes: (_purpose, count) => randomBytes(count) }

/** The machine's clock, which a test may shift. */
interface ShiftedClock extends Clock {
  shiftMs: number
}

function shiftedClock(): ShiftedClock {
  const clock: ShiftedClock = {
    shiftMs: 0,
    wallMs: () => Date.now() + clock.shiftMs,
    monotonicMs: () => performance.now(),
    setTimer(delayMs, fn) {
      const timer = setTimeout(fn, Math.min(delayMs, 2 ** 31 - 1))
      return () => clearTimeout(timer)
    },
  }
  return clock
}

export interface DeviceCredentials {
  readonly device: DeviceId
  /** Leaf and issuing certificate, PEM. */
  readonly chain: string
  readonly key: string
  readonly response: EnrolResponse
}

export interface TestAuthority {
  readonly store: Store
  readonly clock: ShiftedClock
  readonly keyFiles: KeyFiles
  readonly keysDir: string
  readonly sealer: Sealer
  readonly authority: Authority
  readonly trust: TrustKeeper
  readonly enrolment: Enrolment
  readonly revocations: Revocations
  /** A new enrolment token. */
  token(fields?: { uses?: number; expiresInMs?: number; labels?: Record<string, string> }): Promise<{
    readonly id: string
    readonly secret: string
    readonly text: string
  }>
  /** A new device with its certificate. */
  enrol(name?: string): Promise<DeviceCredentials>
  revoke(device: DeviceId): Promise<void>
  dispose(): Promise<void>
}

export async function createTestAuthority(store: Store = createMemoryStore()): Promise<TestAuthority> {
  const keysDir = mkdtempSync(join(tmpdir(), 'ocelli-keys-'))
  const clock = shiftedClock()
  const keyFiles = openKeyFiles(keysDir)
  const sealer = createSealer(sealingKey(keyFiles, realRandom), realRandom)
  const authority = await openAuthority({ store, sealer, keyFiles, clock, random: realRandom })
  const { publicKey } = await openDesiredSigner(store, sealer)
  const operator = developmentOperatorKey(keyFiles)
  const trust = openTrust(store, sealer)
  await trust.pin(createPublicKey(operator))
  const document = firstTrust({
    project: PROJECT,
    issuedAtMs: clock.wallMs(),
    development: true,
    servers: [publicKey],
    publishers: [],
  })
  await trust.adopt(signTrust(document, operator), { actor: 'test', atMs: clock.wallMs() })
  const enrolment = createEnrolment({
    store,
    authority,
    trust,
    clock,
    random: realRandom,
    mqttUrl: 'mqtts://localhost:8883',
  })
  const revocations = createRevocations(store, clock)
  const audit = (action: string, subject: string) => ({
    atMs: clock.wallMs(),
    project: PROJECT,
    actor: 'test',
    action,
    subject,
    detail: {},
  })
  const token: TestAuthority['token'] = async ({ uses = 1, expiresInMs = 60_000, labels = {} } = {}) => {
    const { row, text } = makeEnrolmentToken(realRandom, {
      project: PROJECT,
      url: 'https://localhost:7443',
      rootSha256: authority.rootSha256,
      labels,
      uses,
      createdAtMs: clock.wallMs(),
      expiresAtMs: clock.wallMs() + expiresInMs,
    })
    await store.addEnrolmentToken(row, audit('token.create', row.id))
    const decoded = decodeEnrolmentToken(text)
    if (decoded === undefined) throw new Error('the token cannot be read')
    return { id: decoded.id, secret: decoded.secret, text }
  }
  return {
    store,
    clock,
    keyFiles,
    keysDir,
    sealer,
    authority,
    trust,
    enrolment,
    revocations,
    token,
    async enrol(name) {
      const { id, secret } = await token()
      const { csr, key } = await makeCsr()
      const response = await enrolment.enrol({ tokenId: id, secret, csr, ...(name === undefined ? {} : { name }) })
      return { device: response.device, chain: response.certificate, key, response }
    },
    async revoke(device) {
      await store.revokeCertificates(device, clock.wallMs(), audit('certificate.revoke', device))
    },
    async dispose() {
      await store.close()
      rmSync(keysDir, { recursive: true, force: true })
    },
  }
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate signing request and its key, both PEM. */
export async function makeCsr(algorithm: typeof P256 = P256): Promise<{ csr: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=ignored', keys, signingAlgorithm: algorithm },
    webcrypto,
  )
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { csr: csr.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n` }
}
