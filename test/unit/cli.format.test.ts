import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeviceId } from '@ocelli/schemas/ids'
import { describe, expect, test } from 'vitest'
import { parseLabelEdits, parseLabels } from '../../server/cli/arguments.ts'
import { CliError } from '../../server/cli/exit.ts'
import { decisionLines } from '../../server/cli/format/plan.ts'
import { displayWidth, table } from '../../server/cli/format/table.ts'
import { age, bytes, number, parseDuration } from '../../server/cli/format/text.ts'
import { correlation } from '../../server/cli/up/correlation.ts'

describe('a table', () => {
  const columns = [
    { title: 'NAME', value: (row: { name: string; size?: number }) => row.name },
    { title: 'SIZE', value: (row: { name: string; size?: number }) => row.size, align: 'right' as const },
    { title: 'MORE', value: () => 'x', wide: true },
  ]

  test('aligns columns, marks what is absent, and leaves no space at line ends', () => {
    const text = table([{ name: 'a', size: 1000 }, { name: 'longer' }], columns)
    expect(text).toBe('NAME    SIZE\na       1000\nlonger     -')
  })

  test('shows wide columns only where asked', () => {
    expect(table([{ name: 'a' }], columns)).not.toContain('MORE')
    expect(table([{ name: 'a' }], columns, true)).toContain('MORE')
  })

  test('counts characters, not bytes or escape sequences', () => {
    expect(displayWidth('\u001b[31mrot\u001b[0m')).toBe(3)
    expect(displayWidth('é€😀')).toBe(3)
  })
})

test('ages, sizes and numbers are short', () => {
  expect([age(999), age(61_000), age(3_600_000), age(90_000_000)]).toEqual(['0 s', '1 min', '1 h', '1 d'])
  expect([bytes(1), bytes(1536), bytes(5 * 1024 * 1024)]).toEqual(['1 B', '1.5 KiB', '5.0 MiB'])
  expect([number(4), number(1 / 3)]).toEqual(['4', '0.33333'])
})

test('durations are read with their unit, and nothing else is one', () => {
  expect(['45s', '30m', '2h', '7d', '5 min', '10ms'].map(parseDuration)).toEqual([45e3, 18e5, 72e5, 6048e5, 3e5, 10])
  for (const text of ['', '5', 'm', '-5s', '1.5h', '5 parsecs']) expect(parseDuration(text), text).toBeUndefined()
})

describe('labels', () => {
  test('are set with key=value and removed with key-', () => {
    expect(parseLabelEdits(['floor=1', 'note=a=b', 'old-'])).toEqual({ floor: '1', note: 'a=b', old: null })
    expect(parseLabelEdits(['rack-=3'])).toEqual({ 'rack-': '3' })
  })

  test('of another form are a usage error that shows the form', () => {
    expect(() => parseLabels(['floor'])).toThrow(CliError)
    expect(() => parseLabels(['=1'])).toThrow(/no label/)
  })
})

test('refused devices with the same reasons share one block, and every reason shows once with its code', () => {
  const refused = (name: string, width: number): DeviceDecision => ({
    device: `d-${name}` as DeviceId,
    name,
    outcome: 'refused',
    instances: [],
    reasons: [],
    candidates: ['in-sensor', 'software'].map((realisation) => ({
      realisation,
      slot: 'cam0',
      fits: false,
      reasons: [{ code: 'placement.imager', message: `width ${width} < 640 pixels` }],
    })),
    nearestMiss: 'would run if the imager delivered 640 pixels',
  })
  const lines = decisionLines([refused('a', 320), refused('b', 320), refused('c', 160)], [], '')
  expect(lines).toEqual([
    'placed on 0 devices',
    'refused on 3 devices:',
    '  a, b',
    '    - in-sensor on cam0: width 320 < 640 pixels [placement.imager]',
    '    - software on cam0: width 320 < 640 pixels [placement.imager]',
    '    would run if the imager delivered 640 pixels',
    '  c',
    '    - in-sensor on cam0: width 160 < 640 pixels [placement.imager]',
    '    - software on cam0: width 160 < 640 pixels [placement.imager]',
    '    would run if the imager delivered 640 pixels',
  ])
})

describe('correlation', () => {
  test('is 1 for a line, -1 for its mirror, and 0 without relation', () => {
    expect(
      correlation([
        [1, 10],
        [2, 20],
        [3, 30],
      ]),
    ).toBeCloseTo(1)
    expect(
      correlation([
        [1, 3],
        [2, 2],
        [3, 1],
      ]),
    ).toBeCloseTo(-1)
    expect(
      correlation([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]),
    ).toBeCloseTo(0)
  })

  test('is unknown where one side never changes or there is too little', () => {
    expect(
      correlation([
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
    ).toBeUndefined()
    expect(
      correlation([
        [1, 1],
        [2, 2],
      ]),
    ).toBeUndefined()
  })
})
