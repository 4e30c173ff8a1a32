/** Gets what instances need: fetches artifacts, checks signatures, has the host prepare components. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import type { InstanceComponent } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { TrustDocument } from '@ocelli/schemas/trust'
import { type Progress, type Step, verifyKey } from '../plan/plan.ts'
import type { AgentPorts } from '../ports.ts'
import type { PreparedComponent } from '../runtime/host.ts'
import { checkComponent } from '../trust/documents.ts'
import { backoffMs } from './backoff.ts'
import { mayRetry, reportOf } from './coded.ts'
import { monotonicMs } from './monotonic.ts'

type Fetch = Extract<Step, { do: 'fetch' }>
export type SupplyPorts = Pick<AgentPorts, 'clock' | 'random' | 'crypto' | 'artifacts' | 'source' | 'host'>

/** Fetches at once; more would only share the same radio. */
const FETCHES = 2
const RETRY = { firstMs: 1000, maxMs: 60_000 }

export class Supply {
  readonly fetched = new Map<Digest, Progress>()
  readonly verified = new Map<string, Progress>()
  readonly prepared = new Map<Digest, Progress>()
  readonly #ports: SupplyPorts
  readonly #trust: () => TrustDocument
  readonly #onChange: () => void
  readonly #components = new Map<Digest, PreparedComponent>()
  readonly #failures = new Map<Digest, number>()
  readonly #fetchQueue: Fetch[] = []
  readonly #prepareQueue: Digest[] = []
  #fetching = 0
  #preparing = false
  #closed = false

  constructor(ports: SupplyPorts, trust: () => TrustDocument, onChange: () => void) {
    this.#ports = ports
    this.#trust = trust
    this.#onChange = onChange
  }

  fetch(step: Fetch): void {
    if (this.#ports.artifacts.has(step.digest)) {
      this.fetched.set(step.digest, { phase: 'done' })
      return
    }
    this.fetched.set(step.digest, { phase: 'active' })
    this.#fetchQueue.push(step)
    this.#nextFetch()
  }

  verify(component: InstanceComponent): void {
    const { artifacts, crypto, clock } = this.#ports
    const signature = artifacts.read(component.signature)
    const bytes = artifacts.read(component.digest)
    if (signature === undefined || bytes === undefined) {
      // Somebody removed the files: get them again.
      this.fetched.delete(signature === undefined ? component.signature : component.digest)
      return
    }
    const checked = checkComponent(component, signature, bytes, this.#trust(), crypto)
    const error = checked.ok ? undefined : { code: checked.code, message: checked.message, atMs: clock.wallMs() }
    this.verified.set(verifyKey(component), error ? { phase: 'refused', error } : { phase: 'done' })
  }

  prepare(digest: Digest): void {
    this.prepared.set(digest, { phase: 'active' })
    this.#prepareQueue.push(digest)
    void this.#nextPrepare()
  }

  component(digest: Digest): PreparedComponent | undefined {
    return this.#components.get(digest)
  }

  /** The trust document changed: every signature is looked at again. */
  trustChanged(): void {
    this.verified.clear()
  }

  /** The network is back: what failed is due now. */
  retryNow(): void {
    const now = monotonicMs(this.#ports.clock)
    for (const [digest, progress] of this.fetched) {
      if (progress.phase === 'failed') this.fetched.set(digest, { ...progress, retryAtMs: now })
    }
  }

  /** Forgets what no instance needs any more, here and on disk. Waits until nothing is under way. */
  prune(keep: ReadonlySet<Digest>, keepVerified: ReadonlySet<string>): boolean {
    if (this.#fetching > 0 || this.#preparing || this.#fetchQueue.length > 0) return false
    for (const map of [this.fetched, this.prepared, this.#components, this.#failures]) {
      for (const digest of map.keys()) if (!keep.has(digest)) map.delete(digest)
    }
    for (const key of this.verified.keys()) if (!keepVerified.has(key)) this.verified.delete(key)
    this.#ports.artifacts.prune(keep)
    this.#ports.host.prune(keep)
    return true
  }

  close(): void {
    this.#closed = true
    this.#fetchQueue.length = 0
    this.#prepareQueue.length = 0
  }

  #nextFetch(): void {
    while (this.#fetching < FETCHES) {
      const step = this.#fetchQueue.shift()
      if (step === undefined) return
      this.#fetching++
      void this.#fetchOne(step).then((progress) => {
        this.#fetching--
        if (this.#closed) return
        this.fetched.set(step.digest, progress)
        this.#nextFetch()
        this.#onChange()
      })
    }
  }

  async #fetchOne(step: Fetch): Promise<Progress> {
    try {
      await this.#download(step)
      this.#failures.delete(step.digest)
      return { phase: 'done' }
    } catch (cause) {
      const error = reportOf(cause, 'artifact.unavailable', this.#ports.clock.wallMs())
      return this.#failed(step.digest, error)
    }
  }

  /** Goes on where an earlier attempt stopped. What does not have the digest is thrown away whole. */
  async #download({ digest, maxBytes, exactBytes }: Fetch): Promise<void> {
    const { artifacts, source, crypto } = this.#ports
    let size = artifacts.partialBytes(digest)
    if (size > maxBytes) {
      artifacts.discardPartial(digest)
      size = 0
    }
    if (!exactBytes || size < maxBytes) {
      for await (const chunk of source.fetch(digest, size)) {
        if (this.#closed) throw new OcelliError('artifact.unavailable', 'the agent stops')
        size += chunk.byteLength
        if (size > maxBytes) {
          artifacts.discardPartial(digest)
          throw new OcelliError('artifact.digest', `${digest} is longer than ${maxBytes} bytes`)
        }
        artifacts.appendPartial(digest, chunk)
      }
    }
    const bytes = artifacts.readPartial(digest)
    const actual = crypto.sha256(bytes)
    if (actual === digest) return artifacts.finish(digest)
    if (exactBytes && bytes.byteLength < maxBytes) {
      throw new OcelliError('artifact.unavailable', `${digest} ended after ${bytes.byteLength} of ${maxBytes} bytes`)
    }
    artifacts.discardPartial(digest)
    throw new OcelliError('artifact.digest', `the bytes fetched for ${digest} have the digest ${actual}`)
  }

  #failed(digest: Digest, error: ErrorReport): Progress {
    const failures = (this.#failures.get(digest) ?? 0) + 1
    this.#failures.set(digest, failures)
    const wait = backoffMs(RETRY, failures, this.#ports.random, `supply ${digest}`)
    return { phase: 'failed', error, retryAtMs: monotonicMs(this.#ports.clock) + wait }
  }

  /** One at a time: transpiling takes some 80 MB for a moment. */
  async #nextPrepare(): Promise<void> {
    if (this.#preparing) return
    const digest = this.#prepareQueue.shift()
    if (digest === undefined) return
    this.#preparing = true
    const progress = await this.#prepareOne(digest)
    this.#preparing = false
    if (this.#closed) return
    this.prepared.set(digest, progress)
    void this.#nextPrepare()
    this.#onChange()
  }

  async #prepareOne(digest: Digest): Promise<Progress> {
    const { artifacts, host, clock } = this.#ports
    try {
      const bytes = artifacts.read(digest)
      if (bytes === undefined) throw new OcelliError('artifact.unavailable', `${digest} is gone from the disk`)
      this.#components.set(digest, await host.prepare(digest, bytes))
      return { phase: 'done' }
    } catch (cause) {
      const error = reportOf(cause, 'transpile.failed', clock.wallMs())
      return mayRetry(error) ? this.#failed(digest, error) : { phase: 'refused', error }
    }
  }
}
