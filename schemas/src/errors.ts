/**
 * The registry of errors: every code that leaves a process. A code is stable once released; the sentence may change.
 * `fault` says who can act on it: the caller (bad input), the component's author, the device's surroundings, the
 * server, or the operator's configuration.
 */

export type Fault = 'caller' | 'component' | 'device' | 'server' | 'operator'

export interface ErrorKind {
  readonly fault: Fault
  /** HTTP status where the error is answered over HTTP. */
  readonly status: number
  /** Whether the same request may succeed later without a change. */
  readonly retry: boolean
  readonly title: string
}

const kind = (fault: Fault, status: number, title: string, retry = false): ErrorKind => ({
  fault,
  status,
  retry,
  title,
})

export const ERRORS = {
  // Messages and requests
  'message.malformed': kind('caller', 400, 'The message is not valid JSON'),
  'message.invalid': kind('caller', 400, 'The message does not have the documented shape'),
  'message.tooLarge': kind('caller', 413, 'The message exceeds its size limit'),
  'message.stale': kind('caller', 409, 'The message belongs to an older session or generation'),
  'request.invalid': kind('caller', 400, 'The request does not have the documented shape'),
  'request.notFound': kind('caller', 404, 'There is no such thing'),
  'request.conflict': kind('caller', 409, 'The request contradicts what exists'),
  'request.tooLarge': kind('caller', 413, 'The request exceeds its size limit'),
  'server.internal': kind('server', 500, 'The server failed; the log has the cause'),
  'server.busy': kind('server', 503, 'The server cannot take this now', true),
  // Identity and access
  'auth.missing': kind('caller', 401, 'A token is needed'),
  'auth.invalid': kind('caller', 401, 'The token is unknown, expired or revoked'),
  'auth.forbidden': kind('caller', 403, 'The token does not allow this'),
  'enrolment.invalid': kind('caller', 401, 'The enrolment token is unknown, expired, revoked or used up'),
  'enrolment.wrongServer': kind('operator', 502, 'The server does not hold the root that the token names'),
  'certificate.invalid': kind('caller', 401, 'The certificate is not accepted'),
  'certificate.revoked': kind('caller', 401, 'The certificate was revoked'),
  'certificate.expired': kind('caller', 401, 'The certificate expired and may no longer be renewed'),
  'trust.unknownPublisher': kind('operator', 403, 'No trusted publisher has this key for this name'),
  'trust.signature': kind('caller', 403, 'The signature does not match'),
  'trust.mismatch': kind('caller', 403, 'The signed statement names something else'),
  'trust.rollback': kind('caller', 409, 'The document is older than the one held'),
  // Components and artifacts
  'component.notWasm': kind('caller', 422, 'The bytes are not WebAssembly'),
  'component.coreModule': kind('caller', 422, 'The bytes are a core module, not a component'),
  'component.invalid': kind('component', 422, 'The component does not validate'),
  'component.toolFailed': kind('component', 422, 'The component could not be read; the reader failed on it'),
  'component.timeout': kind('component', 422, 'Reading the component took too long'),
  'component.tooLarge': kind('caller', 413, 'The component exceeds the size limit'),
  'component.exists': kind('caller', 409, 'This name and version exists with other bytes'),
  'component.unknown': kind('caller', 404, 'There is no such component version'),
  'component.needs': kind('component', 422, 'The needs section is not valid'),
  'artifact.digest': kind('server', 502, 'The bytes do not have the digest that names them', true),
  'artifact.unavailable': kind('server', 503, 'The artifact could not be fetched', true),
  'transpile.failed': kind('component', 422, 'The component could not be transpiled'),
  'transpile.timeout': kind('component', 422, 'Transpiling the component took too long'),
  // Instances
  'link.missing': kind('operator', 422, 'An import is met by nobody'),
  'grant.missing': kind('operator', 403, 'A host interface is needed that was not granted'),
  'grant.unknown': kind('caller', 422, 'The grant names no interface'),
  'instance.init': kind('component', 422, 'The component refused to start'),
  'instance.trap': kind('component', 422, 'The component trapped'),
  'instance.deadline': kind('component', 422, 'A call took longer than allowed'),
  'instance.memory': kind('component', 422, 'The component needs more memory than allowed'),
  'instance.exit': kind('component', 422, 'The task ended with a failure'),
  'instance.notHealthy': kind('component', 422, 'The revision did not become healthy in time'),
  'instance.crashLoop': kind('component', 422, 'The instance failed too often and is not restarted'),
  'instance.host': kind('device', 500, 'The host of the instance failed', true),
  'instance.output': kind('component', 422, 'An output was refused: not valid, or the budget is spent'),
  'feature.missing': kind('device', 422, 'The agent lacks a feature that the instance requires'),
  'imager.missing': kind('device', 422, 'The imager is not there', true),
  'imager.interrupted': kind('device', 503, 'The imager stopped delivering', true),
  'command.unsupported': kind('component', 422, 'The component takes no commands'),
  'command.expired': kind('caller', 408, 'The command was not done in time', true),
  'command.failed': kind('component', 422, 'The component answered the command with an error'),
  'storage.full': kind('device', 507, 'The storage is full', true),
  'storage.newer': kind('operator', 409, 'The data was written by a newer version'),
  'storage.locked': kind('operator', 409, 'Another process uses this data'),
  // Placement: the reasons of a refusal
  'placement.selector': kind('operator', 409, 'The selector does not match the device'),
  'placement.unmetImport': kind('operator', 409, 'The device does not offer an interface that is needed'),
  'placement.noImager': kind('operator', 409, 'The device has no imager'),
  'placement.imager': kind('operator', 409, 'No imager meets the needs'),
  'placement.imagerBusy': kind('operator', 409, 'The imager is held by another deployment'),
  'placement.frameRate': kind('operator', 409, 'The imager has too little of its frame rate left'),
  'placement.memory': kind('operator', 409, 'The device has too little memory left'),
  'placement.storage': kind('operator', 409, 'The device has too little storage left'),
  'placement.feature': kind('operator', 409, 'The agent lacks a feature'),
  'placement.grant': kind('operator', 409, 'The manifest does not grant what the imports ask for'),
  'placement.taint': kind('operator', 409, 'The device has a taint that the deployment does not tolerate'),
  'placement.absent': kind('device', 409, 'The device is silent for longer than the deployment allows', true),
  'placement.preempted': kind('operator', 409, 'It gave way to a deployment of higher priority'),
  'placement.conflict': kind('operator', 409, 'Two deployments claim the same'),
  'placement.waitsForWave': kind('operator', 409, 'The device waits for its wave of the rollout', true),
  'placement.replicas': kind('operator', 409, 'Other devices were chosen'),
  'placement.noInventory': kind('operator', 409, 'The device has not reported what it can do', true),
  'placement.tooLarge': kind('operator', 409, 'The desired state would exceed its size limit'),
  // Manifests and changes
  'manifest.malformed': kind('caller', 400, 'The manifest is not valid YAML or JSON'),
  'manifest.invalid': kind('caller', 422, 'The manifest does not have the documented shape'),
  'manifest.selector': kind('caller', 422, 'The selector is not valid CEL'),
  'manifest.secretRef': kind('caller', 422, 'Secrets are not supported in this version'),
  'change.needsApproval': kind('operator', 409, 'The change touches more devices than allowed and waits for a person'),
  'rollout.state': kind('caller', 409, 'The rollout is not in a state that allows this'),
  'change.planMoved': kind('caller', 409, 'The plan changed since it was shown'),
  // Starting up
  'database.newer': kind('operator', 500, 'The database schema is newer than this server'),
  'database.version': kind('operator', 500, 'The data directory belongs to another major version of the database'),
  // Backups
  'backup.damaged': kind('operator', 422, 'The backup is cut off, was altered, or is none'),
  'backup.newer': kind('operator', 409, 'The backup was made by a newer version'),
  'backup.notEmpty': kind('operator', 409, 'There is data already where the backup would go'),
  'backup.key': kind('operator', 409, 'The sealing key of the backup is missing or another'),
  'flag.invalid': kind('caller', 400, 'A flag or argument is not valid'),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** An expected failure with a stable code. `message` says what was tried, with which value. */
export class OcelliError extends Error {
  readonly code: ErrorCode
  /** Machine-readable facts for the receiver, for instance the fields that are wrong. */
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; details?: Record<string, unknown> }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OcelliError'
    this.code = code
    this.details = options?.details
  }
}

/** Whether the same request may succeed later without a change. */
export function isRetryable(error: unknown): boolean {
  return error instanceof OcelliError && ERRORS[error.code].retry
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}
