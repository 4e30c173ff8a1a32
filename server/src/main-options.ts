/** What the server is started with: flags go before the environment, the environment before the defaults. */
import { parseArgs } from 'node:util'
import type { Retention } from '@ocelli/schemas/api/alert'
import { OcelliError } from '@ocelli/schemas/errors'

export interface MainOptions {
  readonly dataDir: string
  /** PostgreSQL instead of the embedded database. */
  readonly databaseUrl: string | undefined
  /** External broker (`mqtts://host:port`, its listener for servers) instead of the embedded one. */
  readonly mqttUrl: string | undefined
  /** The external broker as devices reach it; the same as `mqttUrl` where absent. */
  readonly deviceMqttUrl: string | undefined
  /** Whether replicas share telemetry, or the leader takes it all. */
  readonly telemetry: 'shared' | 'leader'
  readonly http: { readonly host: string; readonly port: number }
  /** Address on which the listeners for devices are bound. */
  readonly listen: string
  readonly devicePort: number
  readonly mqttPort: number
  /** Names and addresses by which devices reach this server; the first one goes into tokens. */
  readonly hosts: readonly string[]
  /** Makes an operator's root key and a publisher beside the server, marked as such everywhere. */
  readonly development: boolean
  /** File with the operator's public root key: PEM, or SPKI DER in base64. */
  readonly operatorKeyFile: string | undefined
  /** How long history is kept, where it differs from the defaults. */
  readonly retention: Partial<Retention>
  /** Ends when standard input closes: it was started by another program that is gone. */
  readonly exitWithParent: boolean
}

export const USAGE = `Usage: node server/src/main.ts [flags]

  --data-dir <folder>      keys, and the embedded database (OCELLI_DATA_DIR; .ocelli)
  --database-url <url>     PostgreSQL instead of the embedded database (DATABASE_URL)
  --mqtt-url <url>         external broker, its listener for servers (MQTT_URL)
  --device-mqtt-url <url>  external broker as devices reach it (the same where absent)
  --telemetry <mode>       shared or leader: who takes telemetry from an external broker (leader)
  --http-host <address>    where the API listens (127.0.0.1)
  --http-port <port>       port of the API (7070)
  --listen <address>       where devices connect (127.0.0.1, or 0.0.0.0 with --host)
  --device-port <port>     port where devices enrol and fetch (7443)
  --mqtt-port <port>       port of the embedded broker (8883)
  --host <name>            name or address by which devices reach this server; may be given several times
  --operator-key <file>    the operator's public root key, pinned at the first start
  --development            make an operator's root key and a publisher's key beside the server
  --keep <what>=<days>     keep measurements, logs, events, minutes, hours or history for so many days; several times
  --exit-with-parent       end when standard input closes
`

/** Throws OcelliError `flag.invalid`. */
export function readMainOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): MainOptions {
  const flags = parse(args)
  const hosts = flags.host ?? []
  return {
    dataDir: flags['data-dir'] ?? given(environment.OCELLI_DATA_DIR) ?? '.ocelli',
    databaseUrl: flags['database-url'] ?? given(environment.DATABASE_URL),
    mqttUrl: flags['mqtt-url'] ?? given(environment.MQTT_URL),
    deviceMqttUrl: flags['device-mqtt-url'],
    telemetry: oneOf('telemetry', flags.telemetry ?? 'leader', ['shared', 'leader']),
    http: { host: flags['http-host'] ?? '127.0.0.1', port: port('http-port', flags['http-port'] ?? '7070') },
    listen: flags.listen ?? (hosts.length > 0 ? '0.0.0.0' : '127.0.0.1'),
    devicePort: port('device-port', flags['device-port'] ?? '7443'),
    mqttPort: port('mqtt-port', flags['mqtt-port'] ?? '8883'),
    hosts: hosts.length > 0 ? hosts : ['127.0.0.1', 'localhost'],
    development: flags.development ?? false,
    operatorKeyFile: flags['operator-key'],
    retention: retentionOf(flags.keep ?? []),
    exitWithParent: flags['exit-with-parent'] ?? false,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        'data-dir': text,
        'database-url': text,
        'mqtt-url': text,
        'device-mqtt-url': text,
        telemetry: text,
        'http-host': text,
        'http-port': text,
        listen: text,
        'device-port': text,
        'mqtt-port': text,
        host: { type: 'string', multiple: true },
        'operator-key': text,
        development: flag,
        keep: { type: 'string', multiple: true },
        'exit-with-parent': flag,
      },
    }).values
  } catch (cause) {
    throw new OcelliError('flag.invalid', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

const KEPT = {
  measurements: 'measurementsMs',
  logs: 'logsMs',
  events: 'eventsMs',
  minutes: 'minutesMs',
  hours: 'hoursMs',
  history: 'historyMs',
} as const satisfies Record<string, keyof Retention>
const DAY_MS = 86_400_000

function retentionOf(given: readonly string[]): Partial<Retention> {
  const entries = given.map((text) => {
    const [, what = '', days = ''] = /^([a-z]+)=(\d{1,5})$/.exec(text) ?? []
    const name = Object.entries(KEPT).find(([key]) => key === what)?.[1]
    if (name === undefined || Number(days) < 1) {
      throw new OcelliError('flag.invalid', `--keep ${text}: write ${Object.keys(KEPT).join(', ')}=DAYS, as in logs=14`)
    }
    return [name, Number(days) * DAY_MS] as const
  })
  return Object.fromEntries(entries)
}

/** An empty variable is as good as none. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** 0 is any free port. */
function port(name: string, text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 65_535) return number
  throw new OcelliError('flag.invalid', `--${name} ${text}: a port is a whole number from 0 to 65535`)
}

function oneOf<const V extends readonly string[]>(name: string, text: string, values: V): V[number] {
  const found = values.find((value) => value === text)
  if (found !== undefined) return found
  throw new OcelliError('flag.invalid', `--${name} ${text}: one of ${values.join(', ')}`)
}
