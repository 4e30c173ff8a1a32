/** What the process that reads untrusted components can reach: nothing. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { networkIsolation } from '@ocelli/agent/runtime/code/network-isolation'
import { createChildTranspiler } from '@ocelli/agent/runtime/code/transpiler'
import { sourceEntryPoints } from '@ocelli/agent/runtime/entry-points'
import { OcelliError } from '@ocelli/schemas/errors'
import { afterEach, expect, test } from 'vitest'
import { named, probe } from '../support/runtime-guests.ts'

const support = join(import.meta.dirname, '..', 'support')
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function transpilerWith(child: string) {
  const source = sourceEntryPoints()
  const transpiler = createChildTranspiler({
    entryPoints: {
      ...source,
      transpileChild: pathToFileURL(join(support, child)),
      transpileReadable: [...source.transpileReadable, support, ...packageFolders()],
    },
  })
  closers.push(() => transpiler.close())
  return transpiler
}

/** How the stand-in finds the agent's code: by its package, which lies above the folder that the real child needs. */
function packageFolders(): string[] {
  const root = join(import.meta.dirname, '..', '..')
  return [join(root, 'package.json'), join(root, 'agent', 'package.json'), join(root, 'node_modules', '@ocelli')]
}

test('it has no environment, no files but its own, no processes, no threads and, where the kernel allows, no network', async () => {
  process.env.OCELLI_TEST_SECRET = 'secret'
  const { digest, wasm } = await probe()
  const answer = await transpilerWith('runtime-nosy-child.ts')
    .transpile(digest, wasm)
    .catch((error: unknown) => error)
  delete process.env.OCELLI_TEST_SECRET
  expect(answer).toBeInstanceOf(OcelliError)
  const found = JSON.parse(answer instanceof OcelliError ? answer.message : '{}')
  const isIsolated = (await networkIsolation()).length > 0
  expect(found).toMatchObject({
    environment: [],
    readsFiles: 'ERR_ACCESS_DENIED',
    listsFolders: 'ERR_ACCESS_DENIED',
    writesFiles: 'ERR_ACCESS_DENIED',
    startsProcesses: 'ERR_ACCESS_DENIED',
    startsWorkers: 'ERR_ACCESS_DENIED',
  })
  if (isIsolated) expect(found.addresses).toEqual([])
})

test('one that dies without an answer is a failure with a code, and so is one that cannot start', async () => {
  const { digest, wasm } = await probe()
  const silent = transpilerWith('no-such-child.ts').transpile(digest, wasm)
  await expect(silent).rejects.toMatchObject({ code: 'transpile.failed' })

  const transpiler = createChildTranspiler({ entryPoints: sourceEntryPoints(), nodeCommand: ['/no/such/node'] })
  closers.push(() => transpiler.close())
  await expect(transpiler.transpile(digest, wasm)).rejects.toMatchObject({ code: 'transpile.failed' })
})

test('too little memory is a failure with a code, not one of the agent', async () => {
  const { digest, wasm } = await probe()
  const transpiler = createChildTranspiler({ entryPoints: sourceEntryPoints(), wasmBytes: 1024 * 1024 })
  closers.push(() => transpiler.close())
  await expect(transpiler.transpile(digest, wasm)).rejects.toMatchObject({
    code: expect.stringMatching(/^(transpile\.failed|component\.toolFailed)$/),
  })
})

test('closing ends children at work and rejects what they were asked for', async () => {
  const transpiler = createChildTranspiler({ entryPoints: sourceEntryPoints() })
  const { digest, wasm } = await probe()
  const outcomes = [transpiler.transpile(digest, wasm), transpiler.transpile(named(wasm).digest, wasm)].map((work) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof OcelliError ? error.code : 'uncoded'),
    ),
  )
  await transpiler.close()
  for (const outcome of await Promise.all(outcomes)) expect(['done', 'transpile.failed']).toContain(outcome)
})
