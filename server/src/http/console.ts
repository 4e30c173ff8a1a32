/**
 * The web console's built files. It answers only what no route of the API answered, so it can never shadow one:
 * files by their name, and its one page for every other address that a browser asks for.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

/** `folder`: what `npm run build:console` wrote. It may be built, or built anew, while the server runs. */
export interface ConsoleFiles {
  /** Nothing where the request is none for the console. */
  answer(request: ConsoleRequest): ConsoleAnswer | undefined
}

export interface ConsoleRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly accept: string
  readonly acceptEncoding: string
}

export interface ConsoleAnswer {
  readonly status: 200 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Loaded {
  readonly stampMs: number
  readonly page: string
  readonly files: ReadonlyMap<string, Buffer>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.png': 'image/png',
}
const COMPRESSED = new Set(['.js', '.css', '.svg', '.json'])
/** Names below it carry a hash of their content. */
const HASHED = '/assets/'
const NOT_BUILT = `<!doctype html><html lang="en"><title>Ocelli</title><h1>The console is not built</h1>
<p>Build it, then load this page again:</p><pre>npm run build:console</pre>
<p>The API works without it: <code>npm run ocelli -- get devices</code></p></html>`

export function createConsole(folder: string): ConsoleFiles {
  let loaded: Loaded | undefined
  const packed = new Map<string, Buffer>()

  const current = (): Loaded | undefined => {
    const index = join(folder, 'index.html')
    if (!existsSync(index)) return undefined
    const stampMs = statSync(index).mtimeMs
    if (loaded?.stampMs !== stampMs) {
      packed.clear()
      loaded = { stampMs, page: readFileSync(index, 'utf8'), files: readFiles(folder) }
    }
    return loaded
  }

  const file = (path: string, content: Buffer, acceptEncoding: string): ConsoleAnswer => {
    const headers: Record<string, string> = {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    if (!COMPRESSED.has(extname(path)) || !/\bgzip\b/.test(acceptEncoding))
      return { status: 200, headers, body: content }
    const body = packed.get(path) ?? gzipSync(content)
    packed.set(path, body)
    return { status: 200, headers: { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' }, body }
  }

  return {
    answer({ method, url, accept, acceptEncoding }) {
      const path = url.split('?')[0] ?? '/'
      if ((method !== 'GET' && method !== 'HEAD') || path === '/api' || path.startsWith('/api/')) return undefined
      const found = current()?.files.get(path)
      if (found !== undefined) return file(path, found, acceptEncoding)
      // A file that is gone is no page: a browser that asks for a script must not get HTML.
      return accept.includes('text/html') && !path.startsWith(HASHED) ? page(current()) : undefined
    },
  }
}

/** The page carries a nonce of its own for the styles that its parts add while they run; scripts come from files alone. */
function page(loaded: Loaded | undefined): ConsoleAnswer {
  const nonce = randomBytes(16).toString('base64')
  return {
    status: loaded === undefined ? 503 : 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(nonce),
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    },
    body: Buffer.from(loaded?.page.replaceAll('__NONCE__', nonce) ?? NOT_BUILT),
  }
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Pictures of imagers are fetched with the token and shown from memory.
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Path as in the address -> content; what is listed here is all that can be asked for. */
function readFiles(folder: string): ReadonlyMap<string, Buffer> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'index.html')
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, readFileSync(path)] as const),
  )
}
