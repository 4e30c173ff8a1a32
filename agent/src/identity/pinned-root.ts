/** Finds out whether a server is the one that a token names, without saying a word to it. */

import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { OcelliError } from '@ocelli/schemas/errors'
import { unavailable } from './device-http.ts'

/**
 * The root certificate (PEM) with the wanted SHA-256 among those that the server presents. A server that presents no
 * such root is refused with `enrolment.wrongServer`; nothing but a TLS handshake was exchanged then. That its leaf really
 * comes from the root, and is for this host, is checked by the connection that follows, which believes this root alone.
 */
export async function fetchPinnedRoot(url: URL, rootSha256: string, timeoutMs: number): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const socket = connect({
    host,
    port: Number(url.port || 443),
    // Verified right below, by the fingerprint: no authority is known yet.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 && { servername: host }),
  })
  try {
    await handshake(socket, url, timeoutMs)
    const presented = chainOf(socket.getPeerCertificate(true))
    const root = presented.find((certificate) => fingerprint(certificate) === rootSha256)
    if (root === undefined) {
      const seen = presented.map(fingerprint).at(-1) ?? 'none'
      throw new OcelliError(
        'enrolment.wrongServer',
        `${url.host} does not hold the root that the token names (${rootSha256}); its topmost certificate is ${seen}. Nothing was sent.`,
      )
    }
    return `-----BEGIN CERTIFICATE-----\n${root.raw.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  } finally {
    socket.destroy()
  }
}

function handshake(socket: TLSSocket, url: URL, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(timeoutMs, () => reject(unavailable(url, new Error(`no answer within ${timeoutMs} ms`))))
    socket.once('secureConnect', () => resolve())
    socket.on('error', (cause) => reject(unavailable(url, cause)))
  })
}

/** Longest chain looked at: leaf, issuing and root are three. */
const MAX_CHAIN = 8

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  let current: DetailedPeerCertificate | undefined = leaf
  // A self-signed certificate is its own issuer.
  while (current?.raw && chain.length < MAX_CHAIN && !chain.includes(current)) {
    chain.push(current)
    current = current.issuerCertificate
  }
  return chain
}

const fingerprint = (certificate: DetailedPeerCertificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase()
