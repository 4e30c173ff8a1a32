import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { interfacesOfWorld } from '../../wit/toolchain/interfaces.ts'
import { CONTRACT_FOLDER, contractText } from '../../wit/toolchain/wit-text.ts'

const FILES = readdirSync(CONTRACT_FOLDER).filter((file) => file.endsWith('.wit'))
const WORLDS = [...readFileSync(join(CONTRACT_FOLDER, 'worlds.wit'), 'utf8').matchAll(/^world ([a-z-]+) \{$/gm)].map(
  (match) => match[1] ?? '',
)

describe('the contract', () => {
  test.each(FILES)('%s has a line of documentation for each item', (file) => {
    const lines = readFileSync(join(CONTRACT_FOLDER, file), 'utf8').split('\n')
    const undocumented = lines.filter((line, index) => {
      const text = line.trim()
      const item = /^(interface|world|record|enum|variant|resource|type|[a-z-]+(\([a-z0-9]+\))?,|[a-z-]+: )/.test(text)
      return item && !(lines[index - 1] ?? '').trim().startsWith('///')
    })
    expect(undocumented).toEqual([])
  })

  test.each(WORLDS.filter((world) => world !== 'outputs'))('the world %s makes a component', async (world) => {
    const { exports } = await interfacesOfWorld(contractText(), world)
    expect(exports.length).toBeGreaterThan(0)
  })

  test('the world host names every interface of the package', async () => {
    const declared = FILES.flatMap((file) =>
      [...readFileSync(join(CONTRACT_FOLDER, file), 'utf8').matchAll(/^interface ([a-z-]+) \{$/gm)].map(
        (match) => `ocelli:sensing/${match[1]}@0.1.0`,
      ),
    )
    const { imports, typeImports, exports } = await interfacesOfWorld(contractText(), 'host')
    const named = [...imports, ...typeImports, ...exports].filter((name) => name.startsWith('ocelli:'))
    expect(named.sort()).toEqual(declared.sort())
  })

  test('an interface of types alone is no need', async () => {
    const { imports, typeImports } = await interfacesOfWorld(contractText(), 'frame-analyser')
    expect(typeImports).toEqual(['ocelli:sensing/types@0.1.0'])
    expect(imports).toContain('ocelli:sensing/frames@0.1.0')
  })
})
