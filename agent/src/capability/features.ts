/**
 * What this agent can do beyond the first release, for desired state to require. A restriction that an old agent would
 * ignore must be named here first: the old agent then refuses the instance instead of running it unrestricted.
 */
export const FEATURES: readonly string[] = [
  /** Configuration above 4 KiB by digest. */
  'config.digest',
  /** Provider components linked to the main one. */
  'providers',
  /** Shadow instances, whose records are kept apart. */
  'role.shadow',
  /** `wasi:cli/run` as a task with its exit code reported. */
  'tasks',
]
