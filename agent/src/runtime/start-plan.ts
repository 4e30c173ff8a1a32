/** Everything about a start that can be decided before anything runs, the same for both adapters. */
import { OcelliError } from '@ocelli/schemas/errors'
import { importIsMet } from '@ocelli/schemas/interface-name'
import type { CodeLibrary } from './code/code-library.ts'
import type { ComponentCode } from './code/component-code.ts'
import { type MemoryDeclaration, PAGE_BYTES, shareMemory } from './code/memory-limits.ts'
import type { InstanceSpec } from './host.ts'
import { type LinkPlan, planLinks } from './link.ts'
import { IMAGER_INTERFACES } from './offered.ts'

export interface StartPlan {
  readonly links: LinkPlan
  readonly codes: readonly ComponentCode[]
  /** Per component, the maximum of each of its memories in pages. */
  readonly maximumPages: readonly (readonly number[])[]
  /** Whether frames are delivered by `on-frame`; otherwise they are pulled, if the component uses them at all. */
  readonly handlesFrames: boolean
  readonly pullsFrames: boolean
}

const PULLING = ['latest', 'next', 'request', 'statistics']

/** Throws OcelliError `link.missing`, `grant.missing`, `imager.missing`, `instance.memory` or `instance.host`. */
export function planStart(spec: InstanceSpec, library: CodeLibrary): StartPlan {
  if (spec.components.length === 0) throw new OcelliError('instance.host', 'An instance needs at least one component')
  const codes = spec.components.map(({ prepared }) => {
    const code = library.get(prepared.digest)
    if (!code)
      throw new OcelliError('instance.host', `The code of ${prepared.digest} is no longer held; prepare it again`)
    return code
  })
  const links = planLinks(
    codes.map((code, index) => ({ ...code, links: spec.components[index]?.links ?? [] })),
    spec.grants,
  )
  const handlesFrames =
    codes[0]?.exports.some((name) => importIsMet(name, 'ocelli:sensing/frame-handler@0.1.0')) ?? false
  const needed = [...links.hostPaths].filter((path) => IMAGER_INTERFACES.has(path))
  if (!spec.imager && (handlesFrames || needed.length > 0)) {
    const reason = handlesFrames ? 'it handles frames' : `it calls ${needed.join(', ')}`
    throw new OcelliError('imager.missing', `The instance is bound to no imager, and ${reason}`)
  }
  return {
    links,
    codes,
    maximumPages: shareOut(codes.map(library.memories), spec.limits.memoryBytes),
    handlesFrames,
    pullsFrames: !handlesFrames && links.hostPaths.has('ocelli:sensing/frames') && codes.some(pulls),
  }
}

function pulls(code: ComponentCode): boolean {
  return code.functionImports.some(
    (entry) =>
      entry.interface.startsWith('ocelli:sensing/frames@') && entry.functions.some((name) => PULLING.includes(name)),
  )
}

/** Per component, the pages of each of its memories. */
function shareOut(memories: readonly (readonly MemoryDeclaration[])[], limitBytes: number): number[][] {
  const pages = shareMemory(memories.flat(), limitBytes)
  if (!pages) {
    const neededPages = memories.flat().reduce((sum, memory) => sum + memory.minimumPages, 0)
    const message = `It starts with ${neededPages * PAGE_BYTES} bytes of memory and may have ${limitBytes}`
    throw new OcelliError('instance.memory', message)
  }
  let used = 0
  return memories.map((own) => {
    const share = pages.slice(used, used + own.length)
    used += own.length
    return share
  })
}
