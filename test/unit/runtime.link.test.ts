/** Who meets which import, and that nothing ungranted is linked. */
import { planLinks } from '@ocelli/agent/runtime/link'
import { describe, expect, test } from 'vitest'

const FRAMES = 'ocelli:sensing/frames@0.1.0'
const DETECTOR = 'ocelli:sensing/detector@0.1.0'
const IMAGES = 'ocelli:sensing/images@0.1.0'

interface Given {
  calls?: string[]
  types?: string[]
  exports?: string[]
  links?: { interface: string; from: 'host' | number }[]
}

function component({ calls = [], types = [], exports = [], links }: Given) {
  return {
    importKeys: [...calls, ...types].map((name) => name.split('@')[0] ?? name),
    functionImports: calls.map((name) => ({ interface: name, functions: ['call'] })),
    exports,
    links: links ?? calls.map((name) => ({ interface: name, from: 'host' as const })),
  }
}

describe('planLinks', () => {
  test('links what is granted, by the version wanted or the one offered', () => {
    const plan = planLinks([component({ calls: [FRAMES] })], [FRAMES])
    expect([...plan.hostPaths]).toEqual(['ocelli:sensing/frames'])
    expect(plan.sources[0]?.get('ocelli:sensing/frames')).toEqual({ from: 'host' })
  })

  test('names every import that was not granted', () => {
    expect(() => planLinks([component({ calls: [FRAMES, IMAGES, DETECTOR] })], [FRAMES])).toThrow(
      expect.objectContaining({ code: 'grant.missing', message: `Not granted: ${DETECTOR}, ${IMAGES}` }),
    )
  })

  test('names every import that nobody meets: without a link, not offered, newer than offered', () => {
    const calls = [FRAMES, 'wasi:http/outgoing-handler@0.2.0', 'ocelli:sensing/events@0.1.7', 'acme:lidar/scan@1.0.0']
    const links = calls.slice(1).map((name) => ({ interface: name, from: 'host' as const }))
    expect(() => planLinks([component({ calls, links })], calls)).toThrow(
      expect.objectContaining({ code: 'link.missing', details: { missing: calls } }),
    )
  })

  test('needs no grant and no link for closed WASI, and hands over types alone without functions', () => {
    const plan = planLinks([component({ calls: ['wasi:cli/stdout@0.2.3'], types: [FRAMES], links: [] })], [])
    expect(plan.sources[0]?.get('ocelli:sensing/frames')).toEqual({ from: 'types' })
    expect(plan.sources[0]?.get('wasi:cli/stdout')).toEqual({ from: 'host' })
  })

  test('puts providers before those that use them', () => {
    const plan = planLinks(
      [
        component({ calls: [DETECTOR], links: [{ interface: DETECTOR, from: 1 }] }),
        component({ calls: [FRAMES], exports: [DETECTOR] }),
      ],
      [FRAMES],
    )
    expect(plan.order).toEqual([1, 0])
    expect(plan.sources[0]?.get('ocelli:sensing/detector')).toEqual({ from: 1, exportName: DETECTOR })
  })

  test.each([
    ['a provider that does not export it', 1, []],
    ['a component that is not there', 5, [DETECTOR]],
    ['itself', 0, [DETECTOR]],
  ])('refuses a link to %s', (_what, from, exports) => {
    const main = component({ calls: [DETECTOR], exports: [DETECTOR], links: [{ interface: DETECTOR, from }] })
    expect(() => planLinks([main, component({ exports })], [])).toThrow(
      expect.objectContaining({ code: 'link.missing' }),
    )
  })

  test('refuses a circle', () => {
    const a = component({ calls: [DETECTOR], exports: [FRAMES], links: [{ interface: DETECTOR, from: 1 }] })
    const b = component({ calls: [FRAMES], exports: [DETECTOR], links: [{ interface: FRAMES, from: 0 }] })
    expect(() => planLinks([a, b], [])).toThrow(expect.objectContaining({ code: 'link.missing' }))
  })
})
