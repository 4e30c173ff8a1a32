/** Enrolment: from a token that a person pasted to an identity on disk. */
import type { DeviceIdentity } from './ports.ts'

export interface JoinDeps {
  /** Folder of this device's data; made where absent, readable by its owner only. */
  readonly dataDir: string
  /** Name wished for; the server makes it unique. */
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Longest time for the whole exchange. Default 30 s. */
  readonly timeoutMs?: number
}

/**
 * Authenticates the server by the token's root fingerprint before it says anything, makes a key, asks for a
 * certificate and keeps both in `dataDir`. Rejects with `enrolment.invalid`, `enrolment.wrongServer`,
 * `request.conflict` (this folder has an identity already) or `artifact.unavailable` (nobody answers).
 */
export declare function join(token: string, deps: JoinDeps): Promise<DeviceIdentity>
