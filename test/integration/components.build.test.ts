import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { compile } from '../../wit/toolchain/build-component.ts'
import { sampleFolders } from '../../wit/toolchain/build-components.ts'
import { readComponentFolder } from '../../wit/toolchain/component-folder.ts'
import { interfacesOfComponent } from '../../wit/toolchain/interfaces.ts'
import { readNeeds, signStatement, stateComponent, verifyStatement } from '../../wit/toolchain/sign.ts'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost, Frame } from '../support/wit-host.ts'

// Compiling takes seconds where nothing was built before.
vi.setConfig({ testTimeout: 90_000 })

const SAMPLES = sampleFolders().map((folder) => ({ name: basename(folder), folder }))
const TEMPLATES = join(import.meta.dirname, '../../wit/templates')

/** The interfaces that a README lists under a heading. */
function listed(readme: string, heading: string): string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^- `([^`]+)`$/gm)].map((match) => match[1] ?? '').sort()
}

describe.each(SAMPLES)('the sample $name', ({ name, folder }) => {
  test('imports and exports what its README says', async () => {
    const { component } = await buildSample(name)
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    const { imports, exports } = interfacesOfComponent(component)
    expect(imports).toEqual(listed(readme, 'Imports'))
    expect(exports).toEqual(listed(readme, 'Exports'))
  })

  test('carries the needs of its component.json', async () => {
    const { component, manifest } = await buildSample(name)
    expect(manifest.name).toBe(name)
    expect(readNeeds(component)).toEqual(manifest.needs)
  })
})

describe('the signature of a component', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')

  test('holds for the component and says what it is', async () => {
    const { component } = await buildSample('motion')
    const statement = stateComponent('motion', '1.0.0', component)
    const checked = verifyStatement(signStatement(statement, privateKey), publicKey, component)
    expect(checked).toEqual({ ok: true, statement })
    expect(statement.imports).toContain('ocelli:sensing/frames@0.1.0')
    expect(statement.sizeBytes).toBe(component.byteLength)
  })

  test('fails for a flipped byte anywhere', async () => {
    const { component } = await buildSample('motion')
    const envelope = signStatement(stateComponent('motion', '1.0.0', component), privateKey)
    for (const at of [0, 8, component.length >> 1, component.length - 1]) {
      const flipped = Uint8Array.from(component)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(verifyStatement(envelope, publicKey, flipped).ok).toBe(false)
    }
  })

  test('fails for another name under the same signature, another kind of payload and another key', async () => {
    const { component } = await buildSample('motion')
    const statement = stateComponent('motion', '1.0.0', component)
    const envelope = signStatement(statement, privateKey)
    const swapped = Buffer.from(JSON.stringify({ ...statement, name: 'people-count' })).toString('base64')
    expect(verifyStatement({ ...envelope, payload: swapped }, publicKey, component).ok).toBe(false)
    expect(verifyStatement({ ...envelope, payloadType: 'application/json' }, publicKey, component).ok).toBe(false)
    const stranger = generateKeyPairSync('ed25519').publicKey
    expect(verifyStatement(envelope, stranger, component).ok).toBe(false)
  })
})

describe.each(readdirSync(TEMPLATES))('the template for %s', (language) => {
  test('builds and measures a frame', async () => {
    const luma = new Uint8Array(64 * 48).fill(77)
    const frame = { sequence: 3, captureTimeNanos: 0n, width: 64, height: 48, luma }
    const host = createTestHost({ latest: () => new Frame(frame) })
    const component = await compile(readComponentFolder(join(TEMPLATES, language)))
    const exports = await host.instantiate(`template-${language}`, component)
    const onInterval = exports['ocelli:sensing/interval-handler@0.1.0']?.onInterval
    if (typeof onInterval === 'function') onInterval()
    else host.onFrame(exports, frame)
    expect(host.values('brightness')).toEqual([77])
  })
})
