/** The identity on disk as a port, with renewal over mutual TLS; the link and the artifact source take their keys here. */
import { readRenewResponse } from '@ocelli/schemas/enrolment'
import { OcelliError } from '@ocelli/schemas/errors'
import type { DeviceIdentity, IdentityKeeper } from '../ports.ts'
import { makeKeyAndRequest } from './csr.ts'
import { sendForJson, type TlsIdentity } from './device-http.ts'
import { describeIdentity, loadIdentity, type StoredIdentity, saveIdentity } from './identity-file.ts'

const SILENCE_MS = 30_000

/** What connections of the device need; always that of the identity in force. */
export interface ConnectionIdentity {
  tls(): TlsIdentity
  /** Address of the device listener. */
  deviceUrl(): URL
  mqttUrl(): URL
}

export class FileIdentity implements IdentityKeeper, ConnectionIdentity {
  readonly #dataDir: string
  #stored: StoredIdentity
  #described: DeviceIdentity

  /** Throws `request.notFound` where the device has not joined. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir
    this.#stored = loadIdentity(dataDir)
    this.#described = describeIdentity(this.#stored)
  }

  current(): DeviceIdentity {
    return this.#described
  }

  async renew(): Promise<DeviceIdentity> {
    const { privateKey, csr } = makeKeyAndRequest(this.#stored.device)
    const answer = await sendForJson({
      url: new URL('/device/v1/renew', this.#stored.deviceUrl),
      method: 'POST',
      tls: this.tls(),
      body: { csr },
      silenceMs: SILENCE_MS,
    })
    const read = readRenewResponse(answer)
    if (!read.ok) throw new OcelliError(read.code, `the answer to the renewal: ${read.message}`)
    const { certificate, certificateNumber, roots, mqttUrl } = read.value
    const next = { ...this.#stored, privateKey, certificate, certificateNumber, roots, mqttUrl }
    const described = describeIdentity(next)
    saveIdentity(this.#dataDir, next)
    this.#stored = next
    this.#described = described
    return described
  }

  tls(): TlsIdentity {
    const { roots, privateKey, certificate } = this.#stored
    return { roots, client: { privateKey, certificate } }
  }

  deviceUrl(): URL {
    return new URL(this.#stored.deviceUrl)
  }

  mqttUrl(): URL {
    return new URL(this.#stored.mqttUrl)
  }
}
