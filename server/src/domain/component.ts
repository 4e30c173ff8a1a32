/** What admission reads out of a component. */
import type { ComponentNeeds } from '@ocelli/schemas/component'
import type { Digest } from '@ocelli/schemas/ids'

export interface AdmittedComponent {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Interfaces with at least one imported function, with version, sorted. */
  readonly imports: readonly string[]
  /** Interfaces imported for their types alone: no need, shown by `inspect`. */
  readonly typeImports: readonly string[]
  readonly exports: readonly string[]
  readonly needs: ComponentNeeds
  /** The world as WIT text, for people. */
  readonly wit: string
}
