/** X.509 (RFC 5280) as Ocelli uses it: ECDSA P-256 with SHA-256 throughout. Makes certificates and revocation lists, reads requests. */
import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import { OcelliError } from '@ocelli/schemas/errors'
import * as x509 from '@peculiar/x509'

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' }

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'

/** A certificate with its private key (PKCS #8), both PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

export interface Validity {
  readonly fromMs: number
  readonly toMs: number
}

/** Who signs: the issuer's certificate and key. */
export interface Issuer extends KeyedCertificate {}

export async function makeRoot(commonName: string, serial: string, validity: Validity): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial,
      name: [{ CN: [commonName] }],
      ...dates(validity),
      keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        ...authorityExtensions(1),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) }
}

/** An issuing authority below the root that may sign leaves only. */
export async function makeIssuing(
  root: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
  const certificate = await signed(root, commonName, serial, validity, keys.publicKey, authorityExtensions(0))
  return { certificate, key: await exportKey(keys.privateKey) }
}

/** A leaf over a key that its holder made. Answers PEM. */
export async function makeDeviceLeaf(
  issuing: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
  publicKey: webcrypto.CryptoKey,
): Promise<string> {
  return signed(issuing, commonName, serial, validity, publicKey, leafExtensions([CLIENT_AUTH]))
}

/** A leaf with a new key for the server's own listeners and its client side; `names` are host names and addresses. */
export function makeServerLeaf(
  issuing: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
  names: readonly string[],
  purposes: readonly string[] = [SERVER_AUTH, CLIENT_AUTH],
): Promise<KeyedCertificate> {
  const alternatives = new x509.SubjectAlternativeNameExtension(
    names.map((name) => ({ type: isAddress(name) ? ('ip' as const) : ('dns' as const), value: name })),
  )
  return keyedLeaf(issuing, commonName, serial, validity, [...leafExtensions(purposes), alternatives])
}

/** A leaf for the client side with a new key: what a device has, without the device. */
export function makeClientLeaf(
  issuing: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
): Promise<KeyedCertificate> {
  return keyedLeaf(issuing, commonName, serial, validity, leafExtensions([CLIENT_AUTH]))
}

/** A revocation list of the issuing authority, PEM. */
export async function makeRevocationList(
  issuing: Issuer,
  revoked: readonly { readonly serial: string; readonly revokedAtMs: number }[],
  validity: Validity,
): Promise<string> {
  const list = await x509.X509CrlGenerator.create(
    {
      issuer: new x509.X509Certificate(issuing.certificate).subject,
      thisUpdate: new Date(validity.fromMs),
      nextUpdate: new Date(validity.toMs),
      entries: revoked.map(({ serial, revokedAtMs }) => ({
        serialNumber: serial,
        revocationDate: new Date(revokedAtMs),
      })),
      signingAlgorithm: SIGNING_ALGORITHM,
      signingKey: await importKey(issuing.key),
    },
    webcrypto,
  )
  return pemText('X509 CRL', Buffer.from(list.rawData))
}

/**
 * The public key of a certificate signing request whose own signature holds. The subject is ignored: ids are made
 * by the server. Throws OcelliError `request.invalid`.
 */
export async function readRequest(csr: string): Promise<webcrypto.CryptoKey> {
  let key: webcrypto.CryptoKey
  try {
    const request = new x509.Pkcs10CertificateRequest(csr)
    if (!(await request.verify(webcrypto))) throw new Error('its signature does not hold')
    key = (await request.publicKey.export(KEY_ALGORITHM, ['verify'], webcrypto)) as webcrypto.CryptoKey
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OcelliError('request.invalid', `csr: no certificate signing request with an ECDSA P-256 key: ${why}`, {
      cause,
    })
  }
  return key
}

/** SHA-256 of the certificate (DER), hexadecimal: how an enrolment token names the root. */
export function fingerprint(certificate: string): string {
  return createHash('sha256')
    .update(Buffer.from(new x509.X509Certificate(certificate).rawData))
    .digest('hex')
}

/** A positive serial number of 16 bytes, hexadecimal in lower case, whose first digit is never 0. */
export function serialText(bytes: Uint8Array): string {
  const serial = Buffer.from(bytes.subarray(0, 16))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial.toString('hex')
}

export function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':')
}

async function keyedLeaf(
  issuing: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
  extensions: readonly x509.Extension[],
): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
  const certificate = await signed(issuing, commonName, serial, validity, keys.publicKey, extensions)
  return { certificate, key: await exportKey(keys.privateKey) }
}

async function signed(
  issuer: Issuer,
  commonName: string,
  serial: string,
  validity: Validity,
  publicKey: webcrypto.CryptoKey,
  extensions: readonly x509.Extension[],
): Promise<string> {
  const parent = new x509.X509Certificate(issuer.certificate)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial,
      subject: [{ CN: [commonName] }],
      issuer: parent.subjectName,
      ...dates(validity),
      publicKey,
      signingKey: await importKey(issuer.key),
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(parent.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return pem(certificate)
}

function authorityExtensions(pathLength: number): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]
}

function leafExtensions(purposes: readonly string[]): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([...purposes], false),
  ]
}

function dates({ fromMs, toMs }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(fromMs), notAfter: new Date(toMs) }
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return pemText('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)))
}

/** RFC 7468; the labels of the x509 package are not all those that OpenSSL knows. */
function pemText(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}

async function importKey(text: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign'])
}
