/** `identity.json`: everything that enrolment and renewal gave, in one file that is replaced as a whole. */
import { X509Certificate } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Envelope } from '@ocelli/schemas/dsse'
import { EnrolResponse } from '@ocelli/schemas/enrolment'
import { OcelliError } from '@ocelli/schemas/errors'
import { validator } from '@ocelli/schemas/message'
import { type Static, Type } from '@ocelli/schemas/typebox'
import type { DeviceIdentity } from '../ports.ts'

const given = EnrolResponse.properties

export const StoredIdentity = Type.Object({
  format: Type.Literal(1),
  device: given.device,
  name: given.name,
  project: given.project,
  /** Address of the device listener. */
  deviceUrl: Type.String(),
  mqttUrl: given.mqttUrl,
  privateKey: Type.String(),
  certificate: given.certificate,
  certificateNumber: given.certificateNumber,
  roots: given.roots,
  operatorKey: given.operatorKey,
  trust: Envelope,
})
export type StoredIdentity = Static<typeof StoredIdentity>
const readStored = validator(StoredIdentity)

export const identityPath = (dataDir: string): string => join(dataDir, 'identity.json')

/** Rejects with `request.notFound` where the device has not joined, `message.invalid` where the file is damaged. */
export function loadIdentity(dataDir: string): StoredIdentity {
  const path = identityPath(dataDir)
  if (!existsSync(path)) {
    throw new OcelliError('request.notFound', `this device has not joined: there is no ${path}`)
  }
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new OcelliError('message.malformed', `${path} is not JSON`, { cause })
  }
  const read = readStored(json)
  if (!read.ok) throw new OcelliError(read.code, `${path}: ${read.message}`)
  return read.value
}

/** Replaces the file in one step; readable by its owner only, as it holds the key. */
export function saveIdentity(dataDir: string, identity: StoredIdentity): void {
  const path = identityPath(dataDir)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', 0o600)
  try {
    writeSync(file, JSON.stringify(identity, null, 2))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  // An older file of that name keeps its mode when it is written over.
  chmodSync(fresh, 0o600)
  renameSync(fresh, path)
}

export function describeIdentity(stored: StoredIdentity): DeviceIdentity {
  const { device, project, name, certificateNumber, operatorKey, trust } = stored
  const certificate = new X509Certificate(stored.certificate)
  return {
    device,
    project,
    name,
    certificateNumber,
    operatorKey,
    trust,
    validFromMs: certificate.validFromDate.getTime(),
    validToMs: certificate.validToDate.getTime(),
  }
}
