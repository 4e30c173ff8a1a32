/** Enrolment: from a token that a person pasted to an identity on disk. */
import { existsSync } from 'node:fs'
import {
  decodeEnrolmentToken,
  type EnrolmentToken,
  type EnrolRequest,
  readEnrolResponse,
} from '@ocelli/schemas/enrolment'
import { OcelliError } from '@ocelli/schemas/errors'
import { makeKeyAndRequest } from './identity/csr.ts'
import { sendForJson } from './identity/device-http.ts'
import { describeIdentity, identityPath, saveIdentity } from './identity/identity-file.ts'
import { fetchPinnedRoot } from './identity/pinned-root.ts'
import type { DeviceIdentity } from './ports.ts'
import { openTrust } from './trust/documents.ts'
import { nodeCrypto } from './trust/node-crypto.ts'

export interface JoinDeps {
  /** Folder of this device's data; made where absent, readable by its owner only. */
  readonly dataDir: string
  /** Name wished for; the server makes it unique. */
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Longest silence of the server. Default 30 s. */
  readonly timeoutMs?: number
}

/**
 * Authenticates the server by the token's root fingerprint before it says anything, makes a key, asks for a
 * certificate and keeps both in `dataDir`. Rejects with `enrolment.invalid`, `enrolment.wrongServer`,
 * `request.conflict` (this folder has an identity already) or `artifact.unavailable` (nobody answers).
 */
export async function join(token: string, deps: JoinDeps): Promise<DeviceIdentity> {
  const read = decodeEnrolmentToken(token)
  if (read === undefined) {
    throw new OcelliError(
      'enrolment.invalid',
      'this is no enrolment token: one begins with "ocelli1." and was perhaps cut off',
    )
  }
  if (existsSync(identityPath(deps.dataDir))) {
    throw new OcelliError('request.conflict', `${identityPath(deps.dataDir)} exists: this device has joined already`)
  }
  const url = addressOf(read)
  const silenceMs = deps.timeoutMs ?? 30_000
  const root = await fetchPinnedRoot(url, read.rootSha256, silenceMs)
  const { privateKey, csr } = makeKeyAndRequest('ocelli-device')
  const answer = await sendForJson({
    url: new URL('/device/v1/enrol', url),
    method: 'POST',
    tls: { roots: [root] },
    body: requestOf(read, csr, deps),
    silenceMs,
  })
  const response = readEnrolResponse(answer)
  if (!response.ok) throw new OcelliError(response.code, `the answer to the enrolment: ${response.message}`)
  const identity = { format: 1 as const, ...response.value, deviceUrl: url.origin, privateKey }
  const trust = openTrust(identity.trust, identity.operatorKey, nodeCrypto())
  if (!trust.ok)
    throw new OcelliError(trust.code, `the trust document that came with the certificate: ${trust.message}`)
  const described = describeIdentity(identity)
  saveIdentity(deps.dataDir, identity)
  return described
}

function addressOf(token: EnrolmentToken): URL {
  const url = URL.canParse(token.url) ? new URL(token.url) : undefined
  if (url?.protocol !== 'https:') {
    throw new OcelliError('enrolment.invalid', `the token's address is not an https address: ${token.url}`)
  }
  return url
}

function requestOf(token: EnrolmentToken, csr: string, deps: JoinDeps): EnrolRequest {
  return {
    tokenId: token.id,
    secret: token.secret,
    csr,
    ...(deps.name !== undefined && { name: deps.name }),
    ...(deps.labels !== undefined && { labels: { ...deps.labels } }),
  }
}
