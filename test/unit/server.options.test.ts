import { readMainOptions, USAGE } from '@ocelli/server/main-options'
import { expect, test } from 'vitest'

test('flags go before the environment, the environment before the defaults', () => {
  expect(readMainOptions([], {})).toMatchObject({
    dataDir: '.ocelli',
    databaseUrl: undefined,
    http: { host: '127.0.0.1', port: 7070 },
    listen: '127.0.0.1',
    devicePort: 7443,
    mqttPort: 8883,
    development: false,
  })
  const environment = { OCELLI_DATA_DIR: '/data', DATABASE_URL: 'postgres://db', MQTT_URL: '' }
  expect(readMainOptions([], environment)).toMatchObject({
    dataDir: '/data',
    databaseUrl: 'postgres://db',
    mqttUrl: undefined,
  })
  expect(readMainOptions(['--data-dir', '/other'], environment)).toMatchObject({ dataDir: '/other' })
})

test('a server that is reached by name listens to more than this machine', () => {
  const options = readMainOptions(['--host', 'ocelli.example', '--host', '10.0.0.1'], {})
  expect(options).toMatchObject({
    hosts: ['ocelli.example', '10.0.0.1'],
    listen: '0.0.0.0',
    http: { host: '127.0.0.1' },
  })
  expect(readMainOptions(['--host', 'a', '--listen', '10.0.0.1'], {}).listen).toBe('10.0.0.1')
})

test.each([
  [['--http-port', '70000'], 'port'],
  [['--mqtt-port', 'many'], 'port'],
  [['--telemetry', 'nobody'], 'shared, leader'],
  [['--colour'], 'colour'],
  [['extra'], 'extra'],
])('%j is refused', (args, said) => {
  expect(() => readMainOptions(args, {})).toThrow(expect.objectContaining({ code: 'flag.invalid' }))
  expect(() => readMainOptions(args, {})).toThrow(said)
})

test('the usage names every flag', () => {
  for (const flag of [
    'data-dir',
    'database-url',
    'mqtt-url',
    'device-mqtt-url',
    'telemetry',
    'http-host',
    'http-port',
    'listen',
    'device-port',
    'mqtt-port',
    'host',
    'operator-key',
    'development',
    'exit-with-parent',
  ]) {
    expect(USAGE).toContain(`--${flag} `)
  }
})
