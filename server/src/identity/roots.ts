/**
 * The roots of an installation: one, or two while one replaces the other. Each has an issuing authority below it, whose
 * key is sealed in the store with both certificates; the root's own key lies in a file and may be taken offline.
 *
 * While two overlap, devices are issued certificates below the next one and hear of both, and the server goes on
 * presenting the first, which all of them know. When every device has renewed, the first is retired.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { AuditRow } from '../domain/records.ts'
import type { Clock, Random } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'
import { DAY_MS, fingerprint, type KeyedCertificate, makeIssuing, makeRoot, serialText } from './certificates.ts'
import { KEY_FILE_NAMES, type KeyFiles } from './key-files.ts'
import { type Sealer, sealedOnce } from './sealing.ts'

const ROOT_VALIDITY_MS = 20 * 365 * DAY_MS
const ISSUING_VALIDITY_MS = 10 * 365 * DAY_MS
const SECRET_NAME = 'authority'

export interface RootDeps {
  readonly store: Pick<IdentityStore, 'sealed' | 'putSealedOnce' | 'replaceSealed'>
  readonly sealer: Sealer
  readonly keyFiles: KeyFiles
  readonly clock: Clock
  readonly random: Random
}

/** A root certificate (PEM) and the issuing authority below it. */
export interface Line {
  readonly root: string
  /** SHA-256 of the root certificate, hexadecimal. */
  readonly rootSha256: string
  readonly issuing: KeyedCertificate
}

/** What the store holds. */
interface Held {
  readonly current: Line
  readonly next: (Line & { readonly sinceMs: number }) | undefined
}

export interface Roots {
  /** The line that listeners present. */
  current(): Line
  /** The line that replaces it, and since when. */
  next(): (Line & { readonly sinceMs: number }) | undefined
  /** Reads what another replica may have changed; true where something is new. */
  refresh(): Promise<boolean>
  /**
   * Makes the next root; answers the name of its key file. Throws OcelliError `request.conflict` where two overlap
   * already.
   */
  rotate(audit: AuditRow): Promise<string>
  /** Forgets the first root. Throws OcelliError `request.conflict` where there is only one. */
  retire(audit: AuditRow): Promise<void>
}

/** Opens the roots of this store, the first made at the very first start. */
export async function openRoots(deps: RootDeps): Promise<Roots> {
  const { store, sealer, clock } = deps
  const secret = await sealedOnce(store, sealer, SECRET_NAME, async () => {
    const { root, issuing } = await makeLine(deps, () => KEY_FILE_NAMES.root)
    return encode({ current: lineOf(root, issuing), next: undefined })
  })
  let held = decode(secret)
  /** Changes what is held now, not what was read a while ago. */
  const change = async (audit: AuditRow, edit: (found: Held) => Promise<Held>) => {
    const row = await store.sealed(SECRET_NAME)
    if (row === undefined) throw new Error('the sealed authority is gone')
    const edited = await edit(decode(sealer.open(SECRET_NAME, row.sealed)))
    const sealed = sealer.seal(SECRET_NAME, encode(edited))
    if (!(await store.replaceSealed({ name: SECRET_NAME, sealed }, row.sealed, audit))) {
      throw new OcelliError('request.conflict', 'The roots were changed by another in this moment')
    }
    held = edited
  }
  return {
    current: () => held.current,
    next: () => held.next,
    async refresh() {
      const row = await store.sealed(SECRET_NAME)
      if (row === undefined) return false
      const found = decode(sealer.open(SECRET_NAME, row.sealed))
      const isNew = describe(found) !== describe(held)
      held = found
      return isNew
    },
    async rotate(audit) {
      let file = ''
      await change(audit, async ({ current, next }) => {
        if (next !== undefined) {
          throw new OcelliError(
            'request.conflict',
            `Root ${next.rootSha256.slice(0, 16)} is replacing the first already`,
          )
        }
        const { root, issuing } = await makeLine(deps, (mark) => {
          file = `root-${mark}.key`
          return file
        })
        return { current, next: { ...lineOf(root, issuing), sinceMs: clock.wallMs() } }
      })
      return file
    },
    retire: (audit) =>
      change(audit, async ({ next }) => {
        if (next === undefined) throw new OcelliError('request.conflict', 'There is one root only: none can be retired')
        const { root, rootSha256, issuing } = next
        return { current: { root, rootSha256, issuing }, next: undefined }
      }),
  }
}

/** How long another replica may go on with what it read: certificates of the first root are accepted all the while. */
const REFRESH_EVERY_MS = 30_000

/** Calls `onChange` where another replica replaced or retired a root. The answer ends it. */
export function watchRoots(roots: Pick<Roots, 'refresh'>, clock: Clock, onChange: () => Promise<void>): () => void {
  let cancel = () => {}
  let stopped = false
  const look = async () => {
    try {
      if (await roots.refresh()) await onChange()
    } catch {
      // The database is out of reach: what is held stays in force, and the next look tries again.
    }
    if (!stopped) plan()
  }
  const plan = () => {
    cancel = clock.setTimer(REFRESH_EVERY_MS, () => void look())
  }
  plan()
  return () => {
    stopped = true
    cancel()
  }
}

const describe = ({ current, next }: Held): string => `${current.rootSha256} ${next?.rootSha256}`
const lineOf = (root: string, issuing: KeyedCertificate): Line => ({ root, rootSha256: fingerprint(root), issuing })

/** A root in its file and an issuing authority below it. */
async function makeLine(
  { keyFiles, clock, random }: RootDeps,
  fileOf: (mark: string) => string,
): Promise<{ readonly root: string; readonly issuing: KeyedCertificate }> {
  const nowMs = clock.wallMs()
  const serial = () => serialText(random.bytes('certificate-serial', 16))
  const mark = Buffer.from(random.bytes('authority-name', 4)).toString('hex')
  const fromMs = nowMs - DAY_MS
  const root = await openRoot(keyFiles, fileOf(mark), () =>
    makeRoot(`Ocelli root ${mark}`, serial(), { fromMs, toMs: nowMs + ROOT_VALIDITY_MS }),
  )
  const validity = { fromMs, toMs: nowMs + ISSUING_VALIDITY_MS }
  return { root: root.certificate, issuing: await makeIssuing(root, `Ocelli issuing ${mark}`, serial(), validity) }
}

/** The root of this file, made where there is none. A start that was cut short, or another replica, may have left one. */
async function openRoot(
  keyFiles: KeyFiles,
  name: string,
  make: () => Promise<KeyedCertificate>,
): Promise<KeyedCertificate> {
  const found = keyFiles.read(name)
  if (found === undefined) {
    const root = await make()
    // One file holds both, so that a root taken offline is whole.
    return keyFiles.create(name, root.key + root.certificate) ? root : openRoot(keyFiles, name, make)
  }
  const split = found.indexOf('-----BEGIN CERTIFICATE-----')
  if (split < 0) throw new OcelliError('server.internal', `${name} does not hold a private key and a certificate`)
  return { key: found.slice(0, split), certificate: found.slice(split) }
}

function encode({ current, next }: Held): Uint8Array {
  const stored = {
    root: current.root,
    issuing: current.issuing,
    ...(next !== undefined && { next: { root: next.root, issuing: next.issuing, sinceMs: next.sinceMs } }),
  }
  return Buffer.from(JSON.stringify(stored))
}

function decode(secret: Uint8Array): Held {
  const value: unknown = JSON.parse(Buffer.from(secret).toString('utf8'))
  const current = readLine(value)
  const stored = isRecord(value) ? value.next : undefined
  if (stored === undefined) return { current, next: undefined }
  if (!isRecord(stored) || typeof stored.sinceMs !== 'number') throw unknownForm()
  return { current, next: { ...readLine(stored), sinceMs: stored.sinceMs } }
}

function readLine(value: unknown): Line {
  if (isRecord(value) && typeof value.root === 'string' && isRecord(value.issuing)) {
    const { certificate, key } = value.issuing
    if (typeof certificate === 'string' && typeof key === 'string') return lineOf(value.root, { certificate, key })
  }
  throw unknownForm()
}

function unknownForm(): OcelliError {
  return new OcelliError('storage.newer', 'The sealed authority has a form that this version does not know')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
