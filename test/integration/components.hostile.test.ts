import { describe, expect, test } from 'vitest'
import { interfacesOfComponent } from '../../wit/toolchain/interfaces.ts'
import { createTestHost, type FrameSource } from '../support/wit-host.ts'
import { HOSTILE_COMPONENTS, hostileComponent, NO_COMPONENTS } from '../support/wit-hostile.ts'

const FRAME: FrameSource = {
  sequence: 0,
  captureTimeNanos: 0n,
  width: 64,
  height: 48,
  luma: new Uint8Array(64 * 48),
}

describe('hostile components do what they are for', () => {
  test.each(HOSTILE_COMPONENTS)('%s is a component with readable imports', async (name) => {
    const { imports } = interfacesOfComponent(await hostileComponent(name))
    const expected: Partial<Record<typeof name, string[]>> = {
      'flood-output': ['ocelli:sensing/measurements@0.1.0'],
      'unknown-import': ['elsewhere:physics/teleporter@9.9.9'],
      'open-socket': ['wasi:sockets/instance-network@0.2.0'],
    }
    expect(imports).toEqual(expected[name] ?? [])
  })

  test.each(NO_COMPONENTS.filter((name) => name !== 'ill-typed'))('%s is no component', async (name) => {
    const bytes = await hostileComponent(name)
    expect(() => interfacesOfComponent(bytes)).toThrow()
  })

  test('ill-typed looks like a component and does not compile', async () => {
    const bytes = await hostileComponent('ill-typed')
    expect(interfacesOfComponent(bytes).imports).toEqual([])
    await expect(createTestHost().instantiate('ill-typed', bytes)).rejects.toThrow(/type mismatch/)
  })

  test('trap-each-frame traps', async () => {
    const host = createTestHost()
    const exports = await host.instantiate('trap-each-frame', await hostileComponent('trap-each-frame'))
    expect(() => host.onFrame(exports, FRAME)).toThrow('unreachable')
  })

  test('flood-output floods', async () => {
    const host = createTestHost()
    const exports = await host.instantiate('flood-output', await hostileComponent('flood-output'))
    host.onFrame(exports, FRAME)
    expect(host.values('flood')).toHaveLength(10_000)
  })

  test('unknown-import cannot be linked', async () => {
    const bytes = await hostileComponent('unknown-import')
    await expect(createTestHost().instantiate('unknown-import', bytes)).rejects.toThrow()
  })
})
