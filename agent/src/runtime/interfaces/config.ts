/** wasi:config/store: the configuration of the deployment, read only. */
import type { GuestContext, HostInterface } from './guest-context.ts'
import { ok, type Result } from './result.ts'

export function configInterface({ config }: GuestContext): HostInterface {
  return {
    get(key: string): Result<string | undefined, never> {
      return ok(Object.hasOwn(config, key) ? config[key] : undefined)
    },
    getAll(): Result<[string, string][], never> {
      return ok(Object.entries(config))
    },
  }
}
