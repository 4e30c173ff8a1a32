/** The simulated fleet as a process: see `flags.ts` for its command line. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { agentVersion } from '@ocelli/agent/bundled'
import { bootId as machineBootId } from '@ocelli/agent/capability/machine'
import { type Flags, readFlags, USAGE } from './flags.ts'
import { createComponentHosts } from './fleet/component-hosts.ts'
import { startControlServer } from './fleet/control-server.ts'
import { planFleet } from './fleet/default-fleet.ts'
import { type Fleet, type FleetEvent, startFleet } from './fleet/fleet.ts'
import { realTime } from './fleet/real-time.ts'
import { createTruthLog } from './fleet/truth.ts'
import { openTruthFile } from './fleet/truth-file.ts'
import { paintedFolder } from './scene/painted-planes.ts'

/** How often people are counted for the truth log: someone who walks crosses about 0.3 m meanwhile. */
const LOOK_MS = 250

const flags = readFlags(process.argv.slice(2), process.env)
if (flags === 'help') process.stdout.write(USAGE)
else if ('problem' in flags) {
  process.stderr.write(`flag.invalid: ${flags.problem}\nnext: node simulator/src/main.ts --help\n`)
  process.exitCode = 64 // EX_USAGE of sysexits.h
} else process.exitCode = await run(flags)

async function run(flags: Flags): Promise<number> {
  const dataDir = resolve(flags.dataDir)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const controlFile = join(dataDir, 'control.json')
  const stopped = stopSignal(flags.exitWithParent)
  const time = realTime()
  // The devices' monotonic clock is this machine's, so their boot is this machine's too.
  const bootId = machineBootId()
  const members = planFleet(flags.devices, flags.mix)
  const hosts = createComponentHosts(flags.host, dataDir)
  const onEvent = (event: FleetEvent) => tell(event, flags.json)
  const fleet = startFleet({
    members,
    dataDir,
    seed: flags.seed,
    bootId,
    version: agentVersion(),
    token: flags.token,
    clock: time,
    hosts,
    painted: paintedFolder(join(dataDir, 'painted')),
    onEvent,
  })
  const control = await startControlServer({ devices: fleet.devices, time, bootId, port: flags.controlPort })
  writeWhole(controlFile, JSON.stringify({ url: control.url, pid: process.pid, bootId }))
  process.stderr.write(`truth and cables: ${control.url}\n`)
  if (flags.json) process.stdout.write(`${JSON.stringify({ event: 'control', url: control.url })}\n`)
  const truth = keepTruth(fleet, dataDir, time, bootId)

  const failed = await Promise.race([fleet.settled, stopped.then(() => 0)])
  const code = failed === members.length ? 1 : 0
  if (code === 0) await stopped
  else process.stderr.write('no device could be started\n')

  truth.stop()
  rmSync(controlFile, { force: true })
  await control.close()
  await fleet.close()
  await hosts.close()
  // The pipe of the parent would keep the process alive.
  if (flags.exitWithParent) process.stdin.destroy()
  return code
}

/** Writes the truth log while the fleet runs. */
function keepTruth(fleet: Fleet, dataDir: string, time: ReturnType<typeof realTime>, bootId: string): { stop(): void } {
  const file = openTruthFile(dataDir)
  const log = createTruthLog({
    time,
    bootId,
    devices: () => fleet.devices().map(({ identity, imagers }) => ({ name: identity.name, imagers: imagers.list() })),
    write: file.write,
  })
  const timer = setInterval(() => {
    log.look()
    file.flush()
  }, LOOK_MS)
  return {
    stop() {
      clearInterval(timer)
      file.flush()
    },
  }
}

/** Resolves at the first of: Ctrl-C, a polite kill, the end of the parent. */
function stopSignal(withParent: boolean): Promise<void> {
  return new Promise((stop) => {
    process.once('SIGINT', () => stop())
    process.once('SIGTERM', () => stop())
    if (!withParent) return
    // The parent holds the other end: it closes however the parent dies.
    for (const end of ['end', 'close', 'error']) process.stdin.once(end, () => stop())
    process.stdin.resume()
  })
}

function tell(event: FleetEvent, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(event)}\n`)
  process.stderr.write(`${line(event)}\n`)
}

/** One plain line for people. */
function line(event: FleetEvent): string {
  switch (event.event) {
    case 'log':
      return `${event.device}: ${event.level}: ${event.message}`
    case 'waiting':
      return `${event.device}: ${event.code}: ${event.message}; trying again`
    case 'failed':
      return `${event.device}: ${event.code}: ${event.message}`
    case 'link':
      return `${event.device}: link ${event.link}`
    default:
      return `${event.device}: ${event.event} (${event.id})`
  }
}

/** In one step, so that a reader never finds half of it. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}
