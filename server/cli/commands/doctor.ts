/** `doctor`: looks at everything between this machine and the fleet, and says what to do about what is wrong. */
import type { WhoAmI } from '@ocelli/schemas/api/access'
import type { Status } from '@ocelli/schemas/api/status'
import type { Command } from 'commander'
import { Client } from '../client.ts'
import { contextPath, currentContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { print } from '../format/output.ts'
import { plural } from '../format/text.ts'

interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
  readonly next?: string
}

const OLDEST_NODE = 24

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('check this machine, the control plane and the fleet')
    .action(async () => {
      let failed = false
      for await (const finding of examine()) {
        failed ||= finding.level === 'fail'
        print(
          `${{ ok: 'ok  ', warn: 'WARN', fail: 'FAIL' }[finding.level]}  ${finding.text}${finding.next ? `\n      ${finding.next}` : ''}`,
        )
      }
      if (failed) process.exitCode = EXIT.failed
    })
}

async function* examine(): AsyncGenerator<Finding> {
  const major = Number(process.versions.node.split('.')[0])
  yield major >= OLDEST_NODE
    ? { level: 'ok', text: `Node ${process.versions.node}` }
    : { level: 'fail', text: `Node ${process.versions.node} is too old`, next: 'run it as: npm run ocelli -- COMMAND' }

  let client: Client
  try {
    client = new Client(currentContext())
  } catch (error) {
    yield failure(error)
    return
  }
  yield { level: 'ok', text: `control plane ${client.context.url} (from ${contextPath()} or OCELLI_URL)` }

  try {
    const me = await client.get<WhoAmI>('/whoami')
    yield { level: 'ok', text: `token of ${me.name}: ${me.role} of project ${me.project}` }
    yield* examineStatus(await client.get<Status>('/status'))
  } catch (error) {
    yield failure(error)
  }
}

function* examineStatus({ server, devices, deployments, pendingChanges, telemetry }: Status): Generator<Finding> {
  yield {
    level: 'ok',
    text: `server ${server.version}, database ${server.database}, ${server.leader ? 'leader' : 'standing by'}`,
  }
  yield server.broker === 'up'
    ? { level: 'ok', text: `broker up${server.mqttUrl ? ` at ${server.mqttUrl}` : ''}` }
    : { level: 'fail', text: 'broker down: devices cannot connect', next: 'look at the log of the server' }
  if (server.development) {
    yield {
      level: 'warn',
      text: 'development: the operator root key lies beside the server',
      next: 'keep it elsewhere before production (SECURITY.md)',
    }
  }
  yield devices.total === 0
    ? { level: 'warn', text: 'no devices', next: 'ocelli enroll' }
    : {
        level: 'ok',
        text: `${devices.online} of ${plural(devices.total, 'device')} online, ${devices.converged} in their desired state`,
      }
  if (devices.lost > 0) {
    yield { level: 'warn', text: `${plural(devices.lost, 'device')} lost`, next: 'ocelli get devices --presence lost' }
  }
  if (devices.unknown > 0) {
    yield {
      level: 'warn',
      text: `${plural(devices.unknown, 'device')} not heard of since the server started`,
      next: 'ocelli get devices --presence unknown',
    }
  }
  for (const deployment of deployments.filter((item) => item.instances.failing > 0)) {
    yield {
      level: 'warn',
      text: `${deployment.name}: ${plural(deployment.instances.failing, 'instance')} failing`,
      next: `ocelli describe deployment ${deployment.name}`,
    }
  }
  if (pendingChanges > 0) {
    yield {
      level: 'warn',
      text: `${plural(pendingChanges, 'change')} waiting for a person`,
      next: 'ocelli get changes',
    }
  }
  if (telemetry.refused > 0) {
    yield {
      level: 'warn',
      text: `${plural(telemetry.refused, 'message')} refused since the server started`,
      next: 'ocelli describe device NAME',
    }
  }
}

function failure(error: unknown): Finding {
  if (!(error instanceof CliError))
    return { level: 'fail', text: error instanceof Error ? error.message : String(error) }
  const next = error.next === 'ocelli doctor' ? 'is the server running? ocelli up' : error.next
  return { level: 'fail', text: `${error.message} [${error.code}]`, ...(next === undefined ? {} : { next }) }
}
