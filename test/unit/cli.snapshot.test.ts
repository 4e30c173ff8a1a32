/** `ocelli snapshot` against a server that answers what it is told to. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { snapshot } from '../../server/cli/commands/command.ts'
import { deploymentId, instanceId } from '../support/store-rows.ts'

let server: Server
let folder = ''
let asked: string[] = []
let grants: readonly (readonly string[])[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-cli-'))
  asked = []
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.url?.includes('/images/')) return response.end('jpeg')
    const placements = grants.map((own, index) => ({
      instance: instanceId(index + 1),
      deployment: deploymentId(1),
      deploymentName: 'people',
      grants: own,
    }))
    const command = { id: 'c-1', state: 'done', output: 'snapshot' }
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify(request.method === 'POST' ? command : { placements }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  vi.stubEnv('OCELLI_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  vi.stubEnv('OCELLI_TOKEN', 'token')
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const run = (device: string, save?: string) =>
  snapshot(device, undefined, { output: 'table', ...(save !== undefined && { save }) })

test('the one instance that may send pictures takes one, and it is saved', async () => {
  grants = [['ocelli:sensing/frames@0.1.0'], ['ocelli:sensing/images@0.1.0']]
  const file = join(folder, 'hall.jpg')
  await run('hall', file)
  expect(asked.at(-1)).toBe(`GET /api/v1/devices/hall/images/${instanceId(2)}/snapshot`)
  expect(readFileSync(file, 'utf8')).toBe('jpeg')
})

test('without the grant, or with several that have it, it says what to do', async () => {
  grants = [['ocelli:sensing/frames@0.1.0']]
  await expect(run('hall')).rejects.toThrow('no instance on hall has the grant images')
  grants = [['ocelli:sensing/images@0.1.0'], ['ocelli:sensing/images@0.1.0']]
  await expect(run('hall')).rejects.toThrow(`${instanceId(1)} (people), ${instanceId(2)} (people)`)
  expect(asked.every((one) => one.startsWith('GET'))).toBe(true)
})
