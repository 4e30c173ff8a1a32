import { expect, test } from 'vitest'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost } from '../support/wit-host.ts'

test('uptime-note publishes its uptime with each call, and its note once', async () => {
  let nowNanos = 5_000_000_000n
  const host = createTestHost({ config: { note: 'on the roof' }, clockNanos: () => nowNanos })
  const exports = await host.instantiate('uptime-note', (await buildSample('uptime-note')).component)
  const onInterval = exports['ocelli:sensing/interval-handler@0.1.0']?.onInterval
  if (typeof onInterval !== 'function') throw new Error('no interval-handler')
  for (let i = 0; i < 3; i++) {
    onInterval()
    nowNanos += 1_500_000_000n
  }
  expect(host.values('uptime')).toEqual([0, 1.5, 3])
  const others = host.outputs.filter(({ kind }) => kind !== 'measurement').map(({ value }) => value)
  expect(others).toEqual([
    { kind: 'started', severity: 'info', attributes: [] },
    { level: 'info', context: 'uptime-note', message: 'on the roof' },
  ])
}, 90_000)
