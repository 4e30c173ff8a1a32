/** What the editor of manifests offers where the cursor stands, and what it finds wrong before anything is sent. */
import { expect, test } from 'vitest'
import { problemsIn } from '../../server/console/src/editor/check.ts'
import { optionsAt } from '../../server/console/src/editor/complete.ts'
import { placeAt } from '../../server/console/src/editor/place.ts'
import { sampleManifest } from '../support/samples.ts'

const KNOWN = { component: ['motion@1.0.0'], providers: ['blob-detector@1.0.0'], grants: ['frames', 'detector'] }

/** `|` is the cursor. */
function offered(marked: string) {
  const position = marked.indexOf('|')
  const text = marked.replace('|', '')
  const place = placeAt(text, position)
  return place === undefined ? [] : optionsAt(text, place, KNOWN)
}
const labels = (marked: string) => offered(marked).map(({ label }) => label)

const HEAD = 'apiVersion: ocelli/v1\nkind: Deployment\nmetadata: { name: a }\n'

test('keys of the place where the cursor stands, each with what it means, but none that is there already', () => {
  const options = offered(`${HEAD}spec:\n  grants: [frames]\n  pl|\n  config: { limit: 6 }\n`)
  const found = options.map(({ label }) => label)
  expect(found).toContain('placement')
  expect(found).toContain('rollout')
  expect(found).not.toContain('grants')
  expect(found).not.toContain('config')
  expect(options.find(({ label }) => label === 'realisations')).toMatchObject({ detail: 'required' })
  for (const { label, info } of options) expect(info, label).toBeTruthy()
})

test.each([
  ['in a list of mappings', 'spec:\n  realisations:\n    - name: x\n      |', 'providers'],
  ['at the first key of an item', 'spec:\n  realisations:\n    - |', 'component'],
  ['in a list that stands in the column of its key', 'spec:\n  realisations:\n  - name: x\n    |', 'providers'],
  ['within braces', 'spec:\n  frames: { frameRateMillihertz: 2000, |', 'widthPixels'],
  ['within braces within a list', 'spec:\n  realisations: [{ name: x, |', 'component'],
  ['at the top', '|', 'spec'],
])('keys %s', (_where, text, key) => {
  expect(labels(`${HEAD}${text}`)).toContain(key)
})

test.each([
  ['of the schema', 'spec:\n  placement: |', ['everyDevice', 'everyImager']],
  ['of the catalogue', 'spec:\n  realisations:\n    - name: x\n      component: mo|', ['motion@1.0.0']],
  ['of the catalogue, in brackets', 'spec:\n  realisations: [{ name: x, providers: [|', ['blob-detector@1.0.0']],
  ['of a list, each on its line', 'spec:\n  grants:\n    - |', ['frames', 'detector']],
])('values %s', (_where, text, values) => {
  expect(labels(`${HEAD}${text}`)).toEqual(expect.arrayContaining([...values]))
})

test('the kind of the document decides, also of the second one in a text', () => {
  const alert = 'apiVersion: ocelli/v1\nkind: Alert\nmetadata: { name: b }\nspec:\n  condition:\n    |'
  expect(labels(alert)).toContain('deviceSilent')
  expect(labels(`${HEAD}spec:\n  placement: everyDevice\n---\n${alert}`)).toContain('deviceSilent')
})

test('nothing in a comment or in quotes', () => {
  expect(offered(`${HEAD}spec:\n  placement: everyDevice # |`)).toEqual([])
  expect(offered(`${HEAD}spec:\n  target: { selector: 'device.|`)).toEqual([])
})

test('a mapping opens on a line of its own, a list of mappings with its first dash', () => {
  const options = offered(`${HEAD}spec:\n  r|`)
  expect(options.find(({ label }) => label === 'rollout')?.apply).toBe('rollout:\n    ')
  expect(options.find(({ label }) => label === 'realisations')?.apply).toBe('realisations:\n    - ')
  expect(options.find(({ label }) => label === 'priority')?.apply).toBe('priority: ')
})

test.each(['people-count', 'motion', 'auto-exposure', 'uptime-note'])('nothing is wrong with %s', (name) => {
  expect(problemsIn(sampleManifest(name))).toEqual([])
})

test.each([
  ['a key that is none', 'spec:\n  placment: everyDevice\n', 5, 3, /no `placment` here; did you mean `placement`/],
  ['what is missing', 'spec:\n  grants: []\n', 4, 1, /`realisations` is missing/],
  ['a number out of its bounds', 'spec:\n  priority: 9999999\n', 5, 13, /whole number from -1000000 to 1000000/],
  ['a value that is none', 'spec:\n  placement: everywhere\n', 5, 14, /everyDevice, or everyImager/],
  ['a key without a value', 'spec:\n  grants:\n', 5, 3, /no value/],
  ['YAML that is none', 'spec:\n  grants: [frames\n', 6, 1, /flow sequence/i],
])('%s is found at its line and column', (_what, text, line, column, message) => {
  const found = problemsIn(HEAD + text).map((problem) => ({ ...problem, message: problem.message }))
  expect(found).toContainEqual(expect.objectContaining({ line, column, message: expect.stringMatching(message) }))
})

test('a kind that is none', () => {
  const [only] = problemsIn('apiVersion: ocelli/v1\nkind: Deploiment\nmetadata: { name: a }\nspec: {}\n')
  expect(only).toMatchObject({ line: 2, column: 7, message: expect.stringMatching(/Fleet, Deployment, Alert/) })
})
