/** The how-to on rollouts, command by command, on a real server with simulated devices. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CreatedEnrolmentToken } from '@ocelli/schemas/api/access'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { RolloutDetail } from '@ocelli/schemas/api/rollout'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildComponent } from '../../wit/toolchain/build-component.ts'
import { COMPONENTS_FOLDER } from '../../wit/toolchain/build-components.ts'
import { type Finished, Installation } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import { buildSample } from '../support/wit-build.ts'

const HOW_TO = readFileSync(join(import.meta.dirname, '../../server/docs/rollouts.md'), 'utf8')
const DEVICES = 4

let installation: Installation
beforeAll(async () => {
  installation = await Installation.create()
  const [, wrong] = await Promise.all([installation.startServer(), buildWrongCount(installation.folder)])
  await pushSample(installation, 'people-count')
  writeFileSync(join(installation.folder, 'people-count-1.1.0.wasm'), wrong)
  writeFileSync(join(installation.folder, 'people-count-1.1.1.wasm'), (await buildSample('people-count')).component)
  const token = await installation.client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body: { uses: DEVICES } })
  const flags = ['--devices', String(DEVICES), '--profile-mix', 'in-sensor=1', '--host', 'in-thread']
  installation.start(
    'simulator',
    'simulator/src/main.ts',
    ['--data-dir', join(installation.folder, 'simulator'), ...flags],
    {
      OCELLI_ENROLMENT_TOKEN: token.token,
    },
  )
  const devices = async () => (await installation.client.get<{ items: DeviceSummary[] }>('/devices')).items
  await waitUntil(
    async () =>
      (await devices()).filter(({ presence, model }) => presence === 'online' && model !== undefined).length ===
      DEVICES,
    'the devices are online',
    90_000,
  )
}, 400_000)
afterAll(() => installation.close())

/** The sample with one mistake: it puts out the number of the frame as the number of people. */
async function buildWrongCount(folder: string): Promise<Uint8Array> {
  const source = join(folder, 'wrong', 'people-count')
  mkdirSync(source, { recursive: true })
  cpSync(join(COMPONENTS_FOLDER, 'people-count'), source, {
    recursive: true,
    filter: (path) => !path.endsWith('/dist'),
  })
  const file = join(source, 'assembly/index.ts')
  const text = readFileSync(file, 'utf8')
  const mistaken = text.replace(
    'publishMeasurement("people", "1", count)',
    'publishMeasurement("people", "1", <f64>info.sequence)',
  )
  expect(mistaken).not.toBe(text)
  writeFileSync(file, mistaken)
  return (await buildComponent(source)).component
}

/** Manifests of the page, by the name in their first line. */
function manifests(): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', text = ''] of HOW_TO.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)) found.set(name, text)
  return found
}

interface Line {
  readonly words: readonly string[]
  readonly code: number
}

function commands(): Line[] {
  const blocks = [...HOW_TO.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')
  return blocks
    .flatMap((text) => text.trim().split('\n'))
    .map((line) => {
      const [command = '', code] = line.split(' # exit code ')
      const [program, ...words] = command.split(' ')
      if (program !== 'ocelli') throw new Error(`the how-to runs ${program}`)
      return { words: words.map((word) => word.replace(/^\.ocelli\//, 'data/')), code: Number(code ?? 0) }
    })
}

test('every command of the how-to does what the page says; the gate catches the component that counts wrongly', async () => {
  const files = manifests()
  expect([...files.keys()]).toEqual(['people-count.yaml', 'canary.yaml'])
  files.set('canary-1.1.1.yaml', (files.get('canary.yaml') ?? '').replace('people-count@1.1.0', 'people-count@1.1.1'))
  for (const [name, text] of files) writeFileSync(join(installation.folder, name), text)
  const done: Finished[] = []
  for (const { words, code } of commands()) {
    const finished = await installation.cli(...words)
    const story = `ocelli ${words.join(' ')}\n${finished.stdout}\n${finished.stderr}`
    expect(finished.code, story).toBe(code)
    done.push(finished)
    if (words[1] === 'status' && code === 3) await checkStopped(finished)
    if (words.includes('--dry-run')) expect(finished.stdout).toMatch(/devices that have it: .*goes back/)
  }
  expect(done.at(-1)?.stdout).toMatch(/people-count +3 +1 +completed/)
}, 400_000)

async function checkStopped({ stdout, stderr }: Finished): Promise<void> {
  const rollout = await installation.client.get<RolloutDetail>('/rollouts/people-count')
  expect(rollout).toMatchObject({ phase: 'paused', wave: 1 })
  expect(rollout.counts.waiting).toBe(DEVICES - 1)
  expect(rollout.reasons[0]).toMatch(/people: \S+ .*differs by \S+, 12 is all that is allowed/)
  expect(stderr).toContain('people-count: paused, a person decides')
  expect(stdout).toContain('fails people')
}
