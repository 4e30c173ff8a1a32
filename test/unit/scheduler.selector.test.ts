import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import type { DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { compileSelector, memoised } from '../../server/src/scheduler/selector.ts'
import { device, imager } from '../support/snapshot-builders.ts'

function answer(expression: string, facts: DeviceFacts) {
  const selector = compileSelector(expression)
  if (isRefusal(selector)) throw new Error(selector.message)
  return selector.evaluate(facts)
}

function refused(expression: string): string {
  const selector = compileSelector(expression)
  if (!isRefusal(selector)) throw new Error(`${expression} was accepted`)
  expect(selector.code).toBe('manifest.selector')
  return selector.message
}

const first = device(0, { labels: { floor: '1', 'a-b': 'x' } })
const bare = device(1, { reported: false })

describe('a selector', () => {
  test.each([
    'device.labels.floor == "1"',
    'device.labels["a-b"] == "x"',
    '"floor" in device.labels',
    'device.name.startsWith("device-") && device.presence == "online"',
    'device.platform.memoryBytes >= 1000',
    'device.platform.memoryBytes > 1000.5',
    'device.imagers.exists(i, i.widthPixels == 1280 && "gray8" in i.formats)',
    'device.imagers[0].colour == "mono"',
    '"ocelli:sensing/frames@0.1.0" in device.interfaces',
    'device.agent.version.startsWith("0.")',
    'size(device.imagers) == 1',
    'device.labels.room == "9" || device.labels.floor == "1"',
  ])('%s matches', (expression) => {
    expect(answer(expression, first)).toEqual({ matches: true })
  })

  test.each([
    ['device.labels.floor == "1"', 'label floor absent'],
    ['device.labels.floor != "1"', 'label floor absent'],
    ['!(device.labels.floor == "1")', 'label floor absent'],
    ['device.labels["a-b"] != "x"', 'label a-b absent'],
    ['device.platform.memoryBytes > 0', 'field platform absent'],
    ['device.imagers.exists(i, i.widthPixels > 0)', 'field imagers absent'],
    ['device.id == "d-x"', 'is false'],
    ['has(device.labels.floor)', 'is false'],
  ])('%s is false on a bare device: %s', (expression, why) => {
    expect(answer(expression, bare)).toEqual({ matches: false, why })
  })

  test('an imager that is not there makes it false as well', () => {
    expect(answer('device.imagers[3].widthPixels > 0', first)).toMatchObject({ matches: false })
    expect(answer('device.imagers[3].widthPixels > 0', first)).not.toHaveProperty('error')
  })

  test('any other failure is told as one', () => {
    expect(answer('1 / (size(device.imagers) - 1) == 1', first)).toMatchObject({ matches: false, error: true })
  })

  test.each([
    ['device.labels.floor ==', 'Unexpected token'],
    ['device.labels.floor == 1', 'no such overload: string == int'],
    ['device.nope == 1', 'No such key: nope at column 8'],
    ['floor == "1"', 'Unknown variable: floor'],
    ['device.labels.floor', 'is of type string'],
    ['device.labels.floor.matches("(a+)+$")', 'matches() is not supported'],
    [
      'device.interfaces.all(a, device.interfaces.all(b, device.interfaces.all(c, a != b + c)))',
      'steps on one device, the limit is',
    ],
    [Array.from({ length: 300 }, () => 'true').join(' && '), 'Exceeded maxAstNodes (256)'],
  ])('%s is refused', (expression, why) => {
    expect(refused(expression)).toContain(why)
  })

  test('knows what it reads', () => {
    const selector = compileSelector(
      'device.labels.b == "1" && device.platform.cpuCount > 1 && device.labels["a"] == ""',
    )
    expect(isRefusal(selector) || selector.reads).toEqual([
      ['labels', 'a'],
      ['labels', 'b'],
      ['platform', 'cpuCount'],
    ])
    const whole = compileSelector('size(device.labels) > 1 && device.labels.a == "1"')
    expect(isRefusal(whole) || whole.reads).toEqual([['labels']])
  })

  test('is evaluated once per distinct set of what it reads', () => {
    const selector = compileSelector('device.labels.floor == "1" && size(device.imagers) > 0')
    if (isRefusal(selector)) throw new Error(selector.message)
    let evaluations = 0
    const answers = memoised({
      ...selector,
      evaluate: (facts) => {
        evaluations++
        return selector.evaluate(facts)
      },
    })
    const devices = Array.from({ length: 1000 }, (_, index) =>
      device(index, { labels: { floor: String(index % 3), site: String(index) }, imagers: [imager()] }),
    )
    const matching = devices.filter((one) => answers(one).matches)
    expect(matching).toHaveLength(333)
    expect(evaluations).toBe(3)
  })

  test('with a label that is absent and one that is empty are told apart', () => {
    const selector = compileSelector('device.labels.floor == ""')
    if (isRefusal(selector)) throw new Error(selector.message)
    const answers = memoised(selector)
    expect(answers(device(0, { labels: { floor: '' } })).matches).toBe(true)
    expect(answers(device(1)).matches).toBe(false)
    expect(answers(device(2, { labels: { floor: '\n' } }))).toEqual({ matches: false, why: 'is false' })
  })
})
