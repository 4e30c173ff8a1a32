import type { Transact } from '../memory.ts'
import type { CatalogueStore } from '../store.ts'
import { byText, keyOf, knowProject } from './state.ts'

export function catalogueStore(transact: Transact): CatalogueStore {
  return {
    putArtifact: (digest, bytes) =>
      transact((state) => {
        if (!state.artifacts.has(digest)) state.artifacts.set(digest, bytes.slice())
      }),
    artifact: (digest) => transact((state) => state.artifacts.get(digest)?.slice()),
    addComponent: (row, audit) =>
      transact((state) => {
        const key = keyOf(row.project, row.name, row.version)
        const held = state.components.get(key)
        if (held !== undefined) return held.digest === row.digest ? 'same' : 'exists'
        knowProject(state, row.project)
        state.components.set(key, structuredClone(row))
        state.audit.push(structuredClone(audit))
        return 'added'
      }),
    component: (project, name, version) => transact((state) => state.components.get(keyOf(project, name, version))),
    components: (project) =>
      transact((state) =>
        [...state.components.values()]
          .filter((row) => row.project === project)
          .sort(byText((row) => keyOf(row.name, row.version))),
      ),
  }
}
