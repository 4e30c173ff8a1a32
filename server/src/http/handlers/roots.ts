import { retireRoot, rotateRoot, showRoots } from '../../actions/roots.ts'
import { isRefusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

type Roots = 'getRoots' | 'rotateRoot' | 'retireRoot'

export function rootHandlers({ actions, identity }: HandlerContext): Pick<Handlers, Roots> {
  return {
    async getRoots() {
      const shown = await showRoots(actions, identity)
      return isRefusal(shown) ? shown : ok(shown)
    },
    async rotateRoot({ caller }) {
      const shown = await rotateRoot(actions, identity, caller)
      return isRefusal(shown) ? shown : ok(shown)
    },
    async retireRoot({ caller, body }) {
      const shown = await retireRoot(actions, identity, caller, body.force ?? false)
      return isRefusal(shown) ? shown : ok(shown)
    },
  }
}
