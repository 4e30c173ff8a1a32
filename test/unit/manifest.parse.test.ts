import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseManifests, parseManifestValue } from '../../server/src/manifest/parse.ts'
import { describeProblem, type ManifestProblem } from '../../server/src/manifest/problem.ts'

function problems(text: string): readonly ManifestProblem[] {
  const parsed = parseManifests(text)
  if (parsed.ok) throw new Error('the manifest was accepted')
  return parsed.problems
}

const told = (text: string) => problems(text).map((one) => describeProblem(one, 'f.yaml'))

const VALID = `apiVersion: ocelli/v1
kind: Deployment
metadata: { name: people-count }
spec:
  target: { fleet: station, selector: 'device.labels.floor == "1"' }
  placement: everyImager
  realisations:
    - { name: in-sensor, component: people-count@1.0.0 }
    - { name: software,  component: people-count@1.0.0, providers: [blob-detector@1.0.0], imager: { minWidthPixels: 640 } }
  config: { minConfidence: 0.4 }
  grants: [measurements, events, detector, frames]
  limits: { memoryBytes: 33554432, callTimeoutMs: 200, outputBytesPerSecond: 2048 }
  rollout: { maxTouched: 500 }
`
const FLEET = '{"apiVersion":"ocelli/v1","kind":"Fleet","metadata":{"name":"station"},\n\t"spec":{"members":["door"]}}'

describe('a text', () => {
  test('holds one or many manifests, in YAML or JSON', () => {
    const parsed = parseManifests(`${VALID}---\n${FLEET}\n---\n`)
    expect(parsed.ok && parsed.manifests.map((one) => [one.kind, one.metadata.name])).toEqual([
      ['Deployment', 'people-count'],
      ['Fleet', 'station'],
    ])
    expect(parseManifestValue(JSON.parse(FLEET))).toEqual(parseManifests(FLEET))
  })

  test.each([
    ['', 'there is no manifest in the text'],
    ['# nothing\n', 'there is no manifest in the text'],
    ['[1, 2]', 'a manifest is a mapping with apiVersion, kind, metadata and spec'],
    ['a: 1\na: 2', 'f.yaml:2:1: Map keys must be unique'],
    ['a: [1,\nb', 'f.yaml:'],
    ['"\\q"', 'f.yaml:1:'],
    ['['.repeat(100_000), 'nests deeper than 64 levels'],
    ['- '.repeat(100_000), 'nests deeper than 64 levels'],
    [
      'a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]',
      'Excessive alias count',
    ],
  ])('%s is refused', (text, why) => {
    expect(told(text)[0]).toContain(why)
  })

  test('above its limit is refused with both numbers', () => {
    const [problem] = problems(`a: ${'x'.repeat(1_048_576)}`)
    expect(problem).toMatchObject({
      code: 'request.tooLarge',
      message: 'the manifest has 1048579 bytes, the limit is 1048576',
    })
  })
})

describe('a wrong field', () => {
  test('is told with line, column, path and what was meant; all of them at once', () => {
    const text = VALID.replace('fleet:', 'flet:')
      .replace('everyImager', 'everyimager')
      .replace('minWidthPixels: 640', 'minWidthPixel: 640')
      .replace('memoryBytes: 33554432', 'memoryBytes: 12')
      .replace('people-count }', 'People }')
    expect(told(text)).toEqual([
      'f.yaml:3:19: metadata.name: is "People", must match ^[a-z][a-z0-9-]{0,62}$ (Lower case letters, digits and hyphens; unique within kind and project)',
      'f.yaml:5:13: spec.target.flet: unknown field flet; did you mean fleet?',
      'f.yaml:6:14: spec.placement: is "everyimager", must be "everyDevice" or "everyImager" or { replicas }; did you mean everyImager?',
      'f.yaml:9:101: spec.realisations[1].imager.minWidthPixel: unknown field minWidthPixel; did you mean minWidthPixels?',
      'f.yaml:12:26: spec.limits.memoryBytes: is 12, must be at least 65536',
    ])
  })

  test.each([
    ['  grants: [measurements, events, detector, frames]\n', '', '4:1: spec: lacks the field grants'],
    ['everyImager', '{ replicas: 0 }', '6:26: spec.placement.replicas: is 0, must be at least 1'],
    ['everyImager', '{ replica: 3 }', 'spec.placement: lacks the field replicas'],
    ['everyImager', '3', 'spec.placement: is 3, must be "everyDevice" or "everyImager" or { replicas }'],
    ['33554432', '1.5', 'spec.limits.memoryBytes: is 1.5, must be a whole number'],
    ['33554432', '.inf', 'spec.limits.memoryBytes: is null, must be a whole number'],
    ['0.4', '[1]', 'spec.config.minConfidence: is a list, must be a text or a number or true or false'],
    ['minConfidence', '"9 lives"', 'spec.config["9 lives"]: the name "9 lives" must match'],
    ['people-count@1.0.0 }', 'people-count }', 'spec.realisations[0].component: is "people-count", must match'],
    ['name: software', 'name: in-sensor', '9:15: spec.realisations[1].name: the name in-sensor is used twice'],
    [
      'kind: Deployment',
      'kind: deployment',
      '2:7: kind: is "deployment", must be Deployment or Fleet or Alert; did you mean Deployment?',
    ],
    ['ocelli/v1', 'ocelli/v2', '1:13: apiVersion: is "ocelli/v2", must be "ocelli/v1"'],
  ])('%s as %s', (from, to, text) => {
    const all = told(VALID.replace(from, to)).join('\n')
    expect(all).toContain(text)
  })

  test('may be a secret, which has a code of its own', () => {
    const [problem] = problems(VALID.replace('0.4', '{ secretRef: door }'))
    expect(problem).toMatchObject({ code: 'manifest.secretRef', path: 'spec.config.minConfidence.secretRef', line: 10 })
  })

  test('may be a selector that is no CEL', () => {
    const [problem] = problems(VALID.replace('== "1"', '== 1'))
    expect(problem).toMatchObject({ code: 'manifest.selector', path: 'spec.target.selector', line: 5, column: 39 })
  })

  test('may be a grant that names no interface', () => {
    const [problem] = problems(VALID.replace('measurements,', 'measurments,'))
    expect(problem).toMatchObject({ code: 'grant.unknown', line: 11, column: 12 })
    expect(problem?.message).toContain('did you mean measurements?')
  })

  test('is told of the document it is in; two of the same name are refused', () => {
    const [problem] = problems(`${VALID}---\n${VALID}`)
    expect(problem).toMatchObject({ document: 2, line: 17, path: 'metadata.name' })
    expect(problem?.message).toBe('document 1 has the same Deployment default/people-count')
  })
})

describe('an alert', () => {
  const page = readFileSync(new URL('../../server/docs/monitoring.md', import.meta.url), 'utf8')
  const ALERT = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

  test('is read as the documentation has it', () => {
    const parsed = parseManifests(ALERT)
    expect(parsed).toMatchObject({ ok: true, manifests: [{ kind: 'Alert', metadata: { name: 'silent' } }] })
  })

  test.each([
    [
      '{ deviceSilent: { afterMs: 300000 } }',
      '{}',
      'spec.condition: has 0 fields, must have exactly 1 of deviceSilent',
    ],
    [
      '{ deviceSilent: { afterMs: 300000 } }',
      '{ absence: { name: a, windowMs: 60000 }, deviceSilent: { afterMs: 1000 } }',
      'has 2 fields',
    ],
    [
      '{ deviceSilent: { afterMs: 300000 } }',
      '{ threshold: { name: a, windowMs: 60000 } }',
      'spec.condition.threshold: lacks the field above or below',
    ],
    [
      '{ deviceSilent: { afterMs: 300000 } }',
      '{ absence: { name: a, windowMs: 61000 } }',
      'is 61000, must be a multiple of 60000',
    ],
    [
      '{ deviceSilent: { afterMs: 300000 } }',
      '{ drift: { name: a, windowMs: 60000, pastMs: 600000, deviations: 0 } }',
      'is 0, must be above 0',
    ],
    ['[ops]', '[ops, ops]', 'spec.notify: names something twice'],
    ['label.floor', 'floor', 'spec.groupBy: is "floor", must match'],
    ['== "station"', '==', 'spec.target.selector'],
  ])('%s as %s is refused', (from, to, text) => {
    expect(told(ALERT.replace(from, to)).join('\n')).toContain(text)
  })
})
