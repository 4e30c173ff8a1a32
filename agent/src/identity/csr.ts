/**
 * A key and its certificate signing request (PKCS #10, RFC 2986), written out in DER: the request has five parts, and
 * a certificate library would weigh more than the rest of the agent.
 */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'

export interface KeyAndRequest {
  /** PKCS #8, PEM. */
  readonly privateKey: string
  /** PEM. */
  readonly csr: string
}

/** A new EC P-256 key and a request with `commonName`, which the server ignores: ids are made there. */
export function makeKeyAndRequest(commonName: string): KeyAndRequest {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const info = sequence(INTEGER_ZERO, nameOf(commonName), pair.publicKey, NO_ATTRIBUTES)
  // OpenSSL writes an ECDSA signature as DER, the form that certificates want (RFC 3279, 2.2.3).
  const signature = sign('sha256', info, createPrivateKey(pair.privateKey))
  const request = sequence(info, sequence(ECDSA_WITH_SHA256), element(0x03, Buffer.from([0]), signature))
  return { privateKey: pair.privateKey, csr: pemOf('CERTIFICATE REQUEST', request) }
}

const INTEGER_ZERO = Buffer.from([0x02, 0x01, 0x00])
/** `[0] IMPLICIT SET OF Attribute`, empty. */
const NO_ATTRIBUTES = Buffer.from([0xa0, 0x00])
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex')
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('0603550403', 'hex')

function nameOf(commonName: string): Buffer {
  return sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(commonName)))))
}

const sequence = (...parts: Buffer[]): Buffer => element(0x30, ...parts)

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content])
}

function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
