/**
 * Features of an agent that desired state may require: what an older agent might
 * silently ignore has a name here; an instance that relies on it lists it, and an agent without it refuses the instance.
 */
export const FEATURES = {
  /** Links several components into one instance. */
  providers: 'providers',
  /** Fetches configuration that travels by digest. */
  configByDigest: 'configByDigest',
  /** Delivers frames in the width, height and format that were asked for. */
  frameSize: 'frameSize',
  /** Runs an instance as a shadow: no image leaves it, and it cannot set its imager. */
  shadow: 'shadow',
  /** Goes back by itself to the last revision that was healthy. */
  fallback: 'fallback',
} as const

export type Feature = (typeof FEATURES)[keyof typeof FEATURES]
export const ALL_FEATURES: readonly Feature[] = Object.values(FEATURES)
