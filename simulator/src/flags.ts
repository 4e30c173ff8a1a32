/** The simulator's command line. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { HOST_KINDS, type HostKind } from './fleet/component-hosts.ts'
import { DEFAULT_FLEET_SIZE, type ProfileMix, parseMix } from './fleet/default-fleet.ts'
import { PROFILE_NAMES } from './profiles.ts'

export interface Flags {
  readonly token: string | undefined
  readonly dataDir: string
  readonly devices: number
  readonly seed: string
  readonly mix: ProfileMix | undefined
  readonly host: HostKind
  readonly controlPort: number
  readonly json: boolean
  readonly exitWithParent: boolean
}

export const USAGE = `Runs simulated devices: the real agent with simulated imagers in front of scenes with known truth.

  node simulator/src/main.ts [flags]

  --server-token TOKEN       enrolment token, for devices that have not joined yet; also from OCELLI_ENROLMENT_TOKEN
  --server-token-file FILE   the same, from a file
  --data-dir FOLDER          identities, state, truth log and control.json (default .ocelli/simulator)
  --devices N                how many devices (default ${DEFAULT_FLEET_SIZE})
  --seed TEXT                seed of scenes and noise (default 1)
  --profile-mix MIX          kinds in turn instead of the station, as in in-sensor=3,plain-camera=1
                             (${PROFILE_NAMES.join(', ')})
  --host ${HOST_KINDS.join('|')}    a thread for each instance (default), or all in one thread
  --control-port PORT        loopback port of truth and cables (default: a free one, named in control.json)
  --json                     events as JSON lines on standard output
  --exit-with-parent         end when standard input closes
  --help
`

const MOST_DEVICES = 20_000

/** Reads flags and environment; a text that is none gives the reason. */
export function readFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Flags | { readonly problem: string } | 'help' {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
  if (values.help) return 'help'
  const devices = whole(values.devices, 1, MOST_DEVICES)
  if (devices === undefined)
    return { problem: `--devices ${values.devices} is not a whole number from 1 to ${MOST_DEVICES}` }
  const controlPort = whole(values['control-port'], 0, 65_535)
  if (controlPort === undefined) return { problem: `--control-port ${values['control-port']} is no port` }
  const host = HOST_KINDS.find((kind) => kind === values.host)
  if (!host) return { problem: `--host ${values.host} is none of ${HOST_KINDS.join(', ')}` }
  const mix = values['profile-mix'] === undefined ? undefined : parseMix(values['profile-mix'])
  if (mix && 'problem' in mix) return { problem: `--profile-mix: ${mix.problem}` }
  const token = readToken(values['server-token'], values['server-token-file'], environment.OCELLI_ENROLMENT_TOKEN)
  if (typeof token === 'object') return token
  return {
    token,
    dataDir: values['data-dir'],
    devices,
    seed: values.seed,
    mix,
    host,
    controlPort,
    json: values.json,
    exitWithParent: values['exit-with-parent'],
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      'server-token': { type: 'string' },
      'server-token-file': { type: 'string' },
      'data-dir': { type: 'string', default: '.ocelli/simulator' },
      devices: { type: 'string', default: String(DEFAULT_FLEET_SIZE) },
      seed: { type: 'string', default: '1' },
      'profile-mix': { type: 'string' },
      host: { type: 'string', default: 'worker' },
      'control-port': { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values
}

function readToken(flag: string | undefined, file: string | undefined, environment: string | undefined) {
  if (file === undefined) return (flag ?? environment)?.trim() || undefined
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    return { problem: `--server-token-file: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function whole(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
}
