import { SIGNATURE_HEADER, WASM_TYPE } from '@ocelli/schemas/api/component'
import { componentFit } from '../../actions/component-fit.ts'
import { componentView, pushComponent } from '../../actions/push-component.ts'
import { putTrust, trustInfo } from '../../actions/trust.ts'
import { versionOf } from '../../actions/wanted-changes.ts'
import type { ComponentRow } from '../../domain/records.ts'
import { isRefusal, refusal } from '../../domain/refusal.ts'
import type { ComponentVersion } from '../../domain/snapshot.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

type Components =
  | 'listComponents'
  | 'getComponent'
  | 'getComponentFit'
  | 'pushComponent'
  | 'inspectComponent'
  | 'getTrust'
  | 'putTrust'

export function componentHandlers({ actions, identity }: HandlerContext): Pick<Handlers, Components> {
  const { store } = actions
  const unknown = (name: string, version: string) =>
    refusal('component.unknown', `there is no component ${name}@${version}`)
  return {
    async listComponents({ caller, query }) {
      const rows = await store.components(caller.project)
      const wanted = rows.filter(({ name }) => query.name === undefined || name === query.name)
      return ok({ items: [...wanted].sort(byNameNewestFirst).map(componentView) })
    },
    async getComponent({ caller, params }) {
      const row = await store.component(caller.project, params.name, params.version)
      return row ? ok(componentView(row)) : unknown(params.name, params.version)
    },
    async getComponentFit({ caller, params }) {
      const row = await store.component(caller.project, params.name, params.version)
      return row ? ok(await componentFit(actions, caller, versionOf(row))) : unknown(params.name, params.version)
    },
    async pushComponent({ caller, params, bytes, header }) {
      const signature = header(SIGNATURE_HEADER)
      const pushed = await pushComponent(actions, identity, caller, { ...params, wasm: bytes, signature })
      if (isRefusal(pushed)) return pushed
      return ok(pushed, pushed.outcome === 'added' ? 201 : 200)
    },
    async inspectComponent({ caller, bytes }) {
      if (bytes.byteLength === 0) {
        return refusal('component.notWasm', `the body is empty: send the bytes of a component, as ${WASM_TYPE}`)
      }
      const { digest, sizeBytes, imports, exports, typeImports, needs, wit } = await identity.admission.inspect(bytes)
      const lists = { imports: [...imports], exports: [...exports], typeImports: [...typeImports] }
      const component: ComponentVersion = { ...UNNAMED, digest, signature: digest, sizeBytes, imports, exports, needs }
      const fit = await componentFit(actions, caller, component)
      return ok({ digest, sizeBytes, ...lists, needs, wit, fit })
    },
    async getTrust() {
      const info = await trustInfo(identity)
      return isRefusal(info) ? info : ok(info)
    },
    async putTrust({ caller, body }) {
      const info = await putTrust(actions, identity, caller, body)
      return isRefusal(info) ? info : ok(info)
    },
  }
}

/** Bytes that are only looked at have no name of their own. */
const UNNAMED = { name: 'inspected', version: '0.0.0' } as const

function byNameNewestFirst(a: ComponentRow, b: ComponentRow): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  return b.version.localeCompare(a.version, 'en', { numeric: true })
}
