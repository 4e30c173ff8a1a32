/** Which agent features an instance of a deployment relies on. Scheduler and desired state ask the same question. */
import { FEATURES, type Feature } from '@ocelli/schemas/features'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import { MAX_INLINE_CONFIG_BYTES } from '@ocelli/schemas/messages/desired'

/** `linked`: number of components of the instance; `configBytes`: size of its configuration as JSON. */
export function requiredFeatures(
  spec: DeploymentSpec,
  linked: number,
  configBytes: number,
  role: 'live' | 'shadow' = 'live',
): Feature[] {
  const required: Feature[] = []
  if (configBytes > MAX_INLINE_CONFIG_BYTES) required.push(FEATURES.configByDigest)
  if (spec.frames?.widthPixels !== undefined || spec.frames?.heightPixels !== undefined)
    required.push(FEATURES.frameSize)
  if (linked > 1) required.push(FEATURES.providers)
  if (role === 'shadow') required.push(FEATURES.shadow)
  return required
}
