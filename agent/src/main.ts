#!/usr/bin/env node
/** The command ocelli-agent. */
import { existsSync, rmSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import { agentVersion } from './bundled.ts'
import { HELP, type Request, readArguments } from './command/arguments.ts'
import { describeFailure } from './command/failure.ts'

/** Each command loads only what it needs: `run` is to stay small for months. */
async function execute(request: Request): Promise<void> {
  switch (request.do) {
    case 'help':
      process.stdout.write(HELP)
      return
    case 'version':
      console.log(agentVersion())
      return
    case 'join':
      return await join(request)
    case 'run': {
      const { runDevice } = await import('./command/run-device.ts')
      return await runDevice(request)
    }
    case 'status':
      return await status(request)
    case 'reset':
      return await reset(request)
  }
}

async function join(request: Extract<Request, { do: 'join' }>): Promise<void> {
  const { addCameras } = await import('./imager/camera-file.ts')
  const { join: joinServer } = await import('./join.ts')
  const { dataDir, token, name, labels } = request
  console.error('authenticating the server by the fingerprint in the token ...')
  const identity = await joinServer(token, { dataDir, labels, ...(name !== undefined && { name }) })
  addCameras(dataDir, request.cameras)
  console.error(`joined as ${identity.name}, certificate valid until ${new Date(identity.validToMs).toISOString()}`)
  console.error(`next: ocelli-agent run --data-dir ${dataDir}`)
  console.log(identity.device)
}

async function status({ dataDir, json }: Extract<Request, { do: 'status' }>): Promise<void> {
  const { loadIdentity } = await import('./identity/identity-file.ts')
  const { askStatus } = await import('./command/status-socket.ts')
  const { showStatus } = await import('./command/show-status.ts')
  const { device, name } = loadIdentity(dataDir)
  const answer = await askStatus(dataDir)
  if (json) console.log(JSON.stringify(answer ?? { device, link: 'stopped' }))
  else console.log(answer ? showStatus(answer) : `device      ${device} (${name})\nlink        the agent does not run`)
}

async function reset({ dataDir, yes }: Extract<Request, { do: 'reset' }>): Promise<void> {
  if (!yes) {
    throw new OcelliError(
      'flag.invalid',
      `reset removes identity, components and undelivered records of ${dataDir}: say so with --yes`,
    )
  }
  const { openSqliteStore } = await import('./storage/sqlite-store.ts')
  const database = joinPath(dataDir, 'agent.sqlite')
  // Opening takes the lock: under a running agent nothing is removed.
  if (existsSync(database)) openSqliteStore(database).close()
  const names = [
    'identity.json',
    'agent.sqlite',
    'agent.sqlite-wal',
    'agent.sqlite-shm',
    'agent.sock',
    'artifacts',
    'code',
  ]
  for (const name of names) rmSync(joinPath(dataDir, name), { recursive: true, force: true })
  console.error(`${dataDir} was reset; cameras.json was kept`)
}

try {
  await execute(readArguments(process.argv.slice(2), process.env))
} catch (error) {
  const { text, exit } = describeFailure(error)
  console.error(text)
  process.exitCode = exit
}
