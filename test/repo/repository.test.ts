/** The repository tests itself: links resolve, the documents' commands exist, words and names keep the rules. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ComponentNeeds } from '@ocelli/schemas/component'
import { describe, expect, test } from 'vitest'
import { ALL_PACKAGES } from '../support/debian.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const packageJson = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

test('the top level holds the fixed names, and beside them configuration and documents alone', () => {
  const folders = new Set(tracked.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))
  const extra = [...folders].filter((name) => !/^(\..*|server|agent|wit|schemas|simulator|test)$/.test(name))
  expect(extra).toEqual([])
})

test.each(tracked.filter((path) => path.endsWith('.md')))('links of %s lead somewhere', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '')
  const local = targets.filter((target) => !/^[a-z]+:/.test(target))
  for (const target of local) expect(existsSync(join(root, dirname(path), target)), `${path} -> ${target}`).toBe(true)
})

describe('README', () => {
  const readme = read('README.md')

  test('names only npm scripts that exist', () => {
    for (const [, script = ''] of readme.matchAll(/npm run ([a-z:]+)/g))
      expect(packageJson.scripts).toHaveProperty([script])
  })

  test('installs every Debian package that the tests need, in its second command', () => {
    const line = readme.split('\n').find((text) => text.includes('apt-get install')) ?? ''
    for (const name of ALL_PACKAGES) expect(line.split(/\s+/)).toContain(name)
    expect(line).toContain('npm install && npm test')
  })
})

test('the page for component authors lists every need that a component can carry', () => {
  const listed = [...read('wit/README.md').matchAll(/^\| `((?:imager\.)?[A-Za-z]+)` +\|/gm)].map(([, name]) => name)
  const { imager, ...others } = ComponentNeeds.properties
  const carried = [...Object.keys(imager.properties).map((name) => `imager.${name}`), ...Object.keys(others)]
  expect(listed.filter((name) => name?.startsWith('imager.') || name === 'memoryBytes')).toEqual(carried)
})

describe('names and words', () => {
  const sources = tracked.filter((path) => /\.(ts|mts|tsx)$/.test(path) && !path.includes('/generated/'))

  test('no file has a name that says nothing', () => {
    const vague = tracked.filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\.ts|\/)/.test(path))
    expect(vague).toEqual([])
  })

  test('production code is finished and typed', () => {
    // Guest sources are AssemblyScript, where `@ts-ignore` marks a decorator for editors.
    const guest = /^wit\/(assemblyscript|components|templates)\//
    const production = sources.filter((path) => !path.startsWith('test/') && !guest.test(path))
    const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|[Nn]ot (yet )?implemented|\bfor now\b/
    const escapes = /\bas any\b|: any\b(?=[\s\]),;=|>])|@ts-(ignore|nocheck|expect-error)|as unknown as/
    const comment = /^\s*(\*|\/\/|\/\*)/
    const found = production.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) =>
          unfinished.test(line) || (escapes.test(line) && !comment.test(line))
            ? [`${path}:${index + 1} ${line.trim()}`]
            : [],
        ),
    )
    expect(found).toEqual([])
  })

  test('no test is skipped or focused', () => {
    const found = sources.filter(
      (path) =>
        path.startsWith('test/') &&
        path !== 'test/repo/repository.test.ts' &&
        /\b(test|it|describe)\.(skip|only|todo)\(/.test(read(path)),
    )
    expect(found).toEqual([])
  })
})

test('the lock file records no download addresses', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "http/)
})
