import { Emitter, matches } from '@ocelli/server/mqtt/emitter'
import { expect, test } from 'vitest'

type Message = { readonly topic: string }

function heard(filter: string, topic: string): Promise<boolean> {
  const emitter = new Emitter<Message>()
  let count = 0
  emitter.on(filter, (_message, done) => {
    count++
    done()
  })
  return new Promise((resolve) => emitter.emit({ topic }, () => resolve(count === 1)))
}

/** The examples of [MQTT-4.7]. */
const CASES: [string, string, boolean][] = [
  ['a/b', 'a/b', true],
  ['a/b', 'a/b/c', false],
  ['a/b', 'a', false],
  ['a/#', 'a/b/c', true],
  ['a/#', 'a', true],
  ['a/#', 'ab', false],
  ['#', 'a/b', true],
  ['#', '$SYS/x', false],
  ['+/x', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
  ['$SYS/+/heartbeat', '$SYS/1/heartbeat', true],
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a/b/d', false],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['a/+/#', 'a/b', true],
  ['/a', 'a', false],
  ['+/+', '/a', true],
  ['a//b', 'a//b', true],
]

test.each(CASES)('%s and %s: %s', async (filter, topic, expected) => {
  expect(matches(filter, topic)).toBe(expected)
  // aedes itself keeps $ topics from filters that start with a wildcard.
  if (!(topic.startsWith('$') && filter.startsWith('#'))) expect(await heard(filter, topic)).toBe(expected)
})

test('a removed listener hears nothing more, and leaves nothing behind', async () => {
  const emitter = new Emitter<Message>()
  const seen: string[] = []
  const listener = (name: string) => (_message: Message, done: () => void) => {
    seen.push(name)
    done()
  }
  const [gone, stays] = [listener('gone'), listener('stays')]
  emitter.on('a/#', gone).on('a/#', stays).removeListener('a/#', gone).removeListener('never/there', gone)
  await new Promise<void>((resolve) => emitter.emit({ topic: 'a/b' }, () => resolve()))
  expect(seen).toEqual(['stays'])
})

test('the answer waits for every listener, and never comes on the caller’s stack', async () => {
  const emitter = new Emitter<Message>()
  const finish: (() => void)[] = []
  emitter.on('a', (_message, done) => finish.push(done)).on('a', (_message, done) => done())
  let answered = false
  emitter.emit({ topic: 'a' }, () => {
    answered = true
  })
  emitter.emit({ topic: 'nobody' }, () => {})
  await new Promise((resolve) => setImmediate(resolve))
  expect(answered).toBe(false)
  for (const done of finish) done()
  expect(answered).toBe(false)
  await new Promise((resolve) => setImmediate(resolve))
  expect(answered).toBe(true)
})

test('a slow listener holds up neither the others nor the next message', async () => {
  const emitter = new Emitter<Message>()
  let heardFast = 0
  emitter
    .on('a', () => {})
    .on('a', (_message, done) => {
      heardFast++
      done()
    })
  for (let index = 0; index < 1000; index++) emitter.emit({ topic: 'a' })
  expect(heardFast).toBe(1000)
})

test('after close nothing is taken', async () => {
  const emitter = new Emitter<Message>()
  emitter.close(() => {})
  expect(await new Promise((resolve) => emitter.emit({ topic: 'a' }, resolve))).toBeInstanceOf(Error)
})
