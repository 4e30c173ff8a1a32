/** Artifacts and the trust document over HTTPS, with the device's certificate; a fetch goes on where an earlier one stopped. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import { problemOf, readText, send, unavailable } from '../identity/device-http.ts'
import type { ConnectionIdentity } from '../identity/identity-keeper.ts'
import type { ArtifactSource } from '../ports.ts'

/** Longest silence in the middle of a fetch. */
const SILENCE_MS = 30_000

export function httpsSource(identity: ConnectionIdentity): ArtifactSource {
  return {
    fetch: (digest, offset) => fetchFrom(identity, digest, offset),
    async fetchTrust() {
      const url = new URL('/device/v1/trust', identity.deviceUrl())
      const response = await send({ url, method: 'GET', tls: identity.tls(), silenceMs: SILENCE_MS })
      const text = await readText(url, response)
      if (response.status !== 200) throw problemOf(url, response.status, text)
      return text
    },
  }
}

async function* fetchFrom(identity: ConnectionIdentity, digest: Digest, offset: number): AsyncIterable<Uint8Array> {
  const url = new URL(`/device/v1/artifacts/${digest}`, identity.deviceUrl())
  const response = await send({
    url,
    method: 'GET',
    tls: identity.tls(),
    silenceMs: SILENCE_MS,
    ...(offset > 0 && { headers: { range: `bytes=${offset}-` } }),
  })
  // All bytes are here already: there is no range left to give.
  if (response.status === 416) return void (await readText(url, response))
  if (response.status !== 200 && response.status !== 206) {
    throw problemOf(url, response.status, await readText(url, response))
  }
  yield* rest(url, digest, response.body, skipOf(url, response.status, response.headers['content-range'], offset))
}

/** Bytes at the start of the answer that are here already: a server may answer a range with the whole. */
function skipOf(url: URL, status: number, contentRange: string | undefined, offset: number): number {
  if (status === 200) return offset
  const first = Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? Number.NaN)
  if (first === offset) return 0
  throw new OcelliError(
    'artifact.unavailable',
    `${url.pathname} answered with the range "${contentRange}", asked was ${offset}-`,
  )
}

async function* rest(
  url: URL,
  digest: Digest,
  body: AsyncIterable<Uint8Array>,
  skip: number,
): AsyncIterable<Uint8Array> {
  let toSkip = skip
  try {
    for await (const chunk of body) {
      const fresh = chunk.subarray(Math.min(toSkip, chunk.byteLength))
      toSkip -= chunk.byteLength - fresh.byteLength
      if (fresh.byteLength > 0) yield fresh
    }
  } catch (cause) {
    if (cause instanceof OcelliError) throw cause
    throw new OcelliError('artifact.unavailable', `${digest} broke off: ${unavailable(url, cause).message}`, { cause })
  }
}
