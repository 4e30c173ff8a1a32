/** The how-to on steering: every command of the page is run, in the order of the page, and does what the page says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createProgram } from '../../server/cli/program.ts'
import { ServerWorld } from '../support/server-world.ts'
import { inventory } from '../support/snapshot-builders.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../server/docs/steering.md'), 'utf8')

let world: ServerWorld
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-steering-'))
  world = await ServerWorld.start()
  for (const name of ['yard', 'hall', 'gate']) await world.device({ name, labels: { floor: '1' } })
  vi.stubEnv('OCELLI_URL', world.url)
  vi.stubEnv('OCELLI_TOKEN', world.admin.token ?? '')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  process.exitCode = undefined
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The commands of the command-line tool that the page uses, in this process: what they print, and their exit code. */
async function ocelli(words: readonly string[]): Promise<{ out: string; code: number }> {
  let out = ''
  const keep = (text: unknown) => {
    out += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  process.exitCode = undefined
  try {
    await createProgram('0.0.0').parseAsync([...words], { from: 'user' })
    return { out, code: Number(process.exitCode ?? 0) }
  } finally {
    vi.restoreAllMocks()
    process.exitCode = undefined
  }
}

/** `CHECK` and `CHANGE` stand for what the command before has printed. */
function filled(words: readonly string[], before: string): string[] {
  const check = /check ([0-9a-f]{16})/.exec(before)?.[1] ?? ''
  const change = /^(ch-\S+)/m.exec(before)?.[1] ?? ''
  return words.map((word) => {
    if (word === 'CHECK') return check
    if (word === 'CHANGE') return change
    return /\.(yaml|json)$/.test(word) ? join(folder, word) : word
  })
}

test('every command of the page on steering does what the page says', async () => {
  for (const [, name = '', text = ''] of PAGE.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)) {
    writeFileSync(join(folder, name), text)
  }
  writeFileSync(join(folder, 'roof.json'), JSON.stringify({ name: 'roof', labels: {}, inventory: inventory() }))
  const lines = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.trim().split('\n'))
  const told = new Map<string, string>()
  const checks: string[] = []
  let before = ''
  for (const line of lines) {
    const [command = '', code = '0'] = line.split(' # exit code ')
    const done = await ocelli(filled(command.split(' ').slice(1), before))
    expect(done.code, `${command}\n${done.out}`).toBe(Number(code))
    told.set(command, done.out)
    if (command.startsWith('ocelli plan -f')) checks.push(done.out)
    before = command.includes('--add-device') ? (checks[0] ?? '') : done.out
  }
  const says = (command: string, ...texts: string[]) => {
    for (const text of texts) expect(told.get(command), command).toContain(text)
  }
  says('ocelli drain yard --plan', 'touches 1 device', 'yard: stop main@cam0', 'Nothing was changed.')
  says('ocelli explain moves --device yard', 'placed on 1 device')
  says('ocelli taint hall wet=salt --plan', 'hall: stop main@cam0')
  says('ocelli explain moves --device hall', 'placed on 1 device')
  says('ocelli pin moves gate 2 --plan', 'touches no device')
  says('ocelli apply -f calmer.yaml', 'touches 2 devices')
  says('ocelli describe deployment moves', 'revision 3')
  says('ocelli unpin moves gate', 'gate: change main@cam0')
  says(
    'ocelli plan -f moves.yaml --drain yard --label gate:floor=2',
    'yard: stop main@cam0',
    'all together touch 3 devices',
  )
  says('ocelli plan --without-imager hall/cam0 --add-device roof.json', 'roof: start main@cam0', 'only assumed')
  says('ocelli plan -f guard.yaml', 'conflict with moves', 'placed on 0 devices')
  says('ocelli plan -f guard-first.yaml', 'TAKES THE PLACE of moves on yard, which has priority 0')
  says('ocelli apply -f careful.yaml', 'WAITS FOR A PERSON: careful: touches 3 devices, the limit is 2')
  says('ocelli get changes', 'careful: touches 3 devices, the limit is 2')
  says('ocelli describe deployment careful', 'a person last agreed to 3 devices; it may grow by 2 beyond them')
})
