/** HTTPS requests of a device: with its certificate, or with none. */
import { request } from 'node:https'

export interface TlsAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly bytes: Buffer
  /** The body as JSON. */
  json(): Record<string, unknown>
}

export interface TlsRequest {
  readonly port: number
  readonly method?: string
  readonly path: string
  readonly authorities: readonly string[]
  readonly identity?: { readonly chain: string; readonly key: string }
  readonly body?: string | Buffer
  readonly headers?: Record<string, string>
}

export function tlsRequest(options: TlsRequest): Promise<TlsAnswer> {
  const { port, path, authorities, identity, body, headers } = options
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: 'localhost',
        port,
        path,
        method: options.method ?? (body === undefined ? 'GET' : 'POST'),
        ca: [...authorities],
        ...(identity === undefined ? {} : { cert: identity.chain, key: identity.key }),
        ...(headers === undefined ? {} : { headers }),
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            json: () => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
