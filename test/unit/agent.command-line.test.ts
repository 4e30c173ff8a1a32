/** The command line of the agent: what it understands, and how it fails. */
import { readArguments } from '@ocelli/agent/command/arguments'
import { describeFailure } from '@ocelli/agent/command/failure'
import { showStatus } from '@ocelli/agent/command/show-status'
import { makeKeyAndRequest } from '@ocelli/agent/identity/csr'
import { OcelliError } from '@ocelli/schemas/errors'
import { readRequest } from '@ocelli/server/identity/certificates'
import { expect, test } from 'vitest'
import { World } from '../support/agent-world.ts'

test('join reads name, labels and cameras', () => {
  const argv = [
    'join',
    'TOKEN',
    '--name',
    'yard',
    '--label',
    'floor=1',
    '--label',
    'a=b=c',
    '--camera',
    '/dev/video0',
    '--data-dir',
    '/d',
  ]
  expect(readArguments(argv, {})).toEqual({
    do: 'join',
    dataDir: '/d',
    token: 'TOKEN',
    name: 'yard',
    labels: { floor: '1', a: 'b=c' },
    cameras: ['/dev/video0'],
  })
})

test('the data folder comes from flag, environment, service manager, home, in this order', () => {
  const environment = { OCELLI_AGENT_DATA: '/env', STATE_DIRECTORY: '/state' }
  const dataDirOf = (argv: string[], env: NodeJS.ProcessEnv) => {
    const request = readArguments(argv, env)
    return 'dataDir' in request ? request.dataDir : undefined
  }
  expect(dataDirOf(['run', '--data-dir', '/flag'], environment)).toBe('/flag')
  expect(dataDirOf(['run'], environment)).toBe('/env')
  expect(dataDirOf(['status'], { STATE_DIRECTORY: '/state' })).toBe('/state')
  expect(dataDirOf(['run'], {})).toMatch(/\.local\/share\/ocelli-agent$/)
})

test.each([
  [[]],
  [['frob']],
  [['join']],
  [['join', 'a', 'b']],
  [['run', 'x']],
  [['run', '--nope']],
  [['join', 't', '--label', 'x']],
  [['run', '--camera', 'what']],
])('%j is wrong usage', (argv) => {
  expect(() => readArguments(argv, {})).toThrow(expect.objectContaining({ code: 'flag.invalid' }))
})

test('a failure says its code, what happened, the next command, and an exit code of its own', () => {
  const told = describeFailure(new OcelliError('enrolment.wrongServer', 'not the root'))
  expect(told.text).toBe(
    'ocelli-agent: enrolment.wrongServer: not the root\nnext: ocelli enroll (where the server runs), and compare the address',
  )
  expect(told.exit).toBe(4)
  expect(describeFailure(new OcelliError('flag.invalid', 'x')).exit).toBe(2)
  expect(describeFailure(new OcelliError('request.notFound', 'x')).exit).toBe(3)
  expect(describeFailure(new RangeError('a defect'))).toMatchObject({
    exit: 1,
    text: expect.stringContaining('RangeError'),
  })
})

test('the status names device, link, outbox and each instance with its error', async () => {
  const world = new World()
  await world.online()
  const text = showStatus({
    ...world.agent.status(),
    refused: { error: { code: 'trust.signature', message: 'no' } },
  })
  expect(text).toContain('link        up')
  expect(text).toContain('refused     trust.signature: no')
  expect(text).toContain('instances   0')
})

test('the certificate request is one that the server reads, over the key it came with', async () => {
  for (const name of ['d', 'x'.repeat(60), 'y'.repeat(200)]) {
    const { csr, privateKey } = makeKeyAndRequest(name)
    expect(await readRequest(csr)).toMatchObject({ type: 'public', algorithm: { name: 'ECDSA', namedCurve: 'P-256' } })
    expect(privateKey).toContain('BEGIN PRIVATE KEY')
  }
  const { csr } = makeKeyAndRequest('d')
  const broken = csr.replace(/[A-Za-z](?=[^\n]*\n-----END)/, (letter) => (letter === 'A' ? 'B' : 'A'))
  await expect(readRequest(broken)).rejects.toMatchObject({ code: 'request.invalid' })
})
