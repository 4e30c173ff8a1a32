/** Configuration of an external broker, so that its access rules are those of the embedded one. */
import { MAX_PACKET_BYTES } from '@ocelli/schemas/messages/index'
import { DEVICE_READS, DEVICE_WRITES, TOPIC_ROOT } from '@ocelli/schemas/topics'
import { SERVER_NAME } from './access.ts'

export type BrokerKind = 'mosquitto'

export interface BrokerConfigOptions {
  /** Folder on the broker's machine in which the files are put. */
  readonly directory: string
  readonly host: string
  /** Listener for devices. */
  readonly devicePort: number
  /** Listener for servers: there a client chooses its id, which devices must not. */
  readonly serverPort: number
  readonly files: {
    /** Root and issuing certificate, PEM. */
    readonly authorities: readonly string[]
    /** The broker's own certificate with its chain, and its key, PEM. */
    readonly leaf: { readonly chain: string; readonly key: string }
    /** The revocation list, PEM. */
    readonly revocationList: string
  }
}

/** A file to write into the folder; `secret` files may be read by the broker only. */
export interface BrokerFile {
  readonly name: string
  readonly content: string
  readonly secret: boolean
}

const NAMES = {
  config: 'mosquitto.conf',
  deviceAcl: 'devices.acl',
  serverAcl: 'servers.acl',
  authorities: 'authorities.pem',
  chain: 'broker.pem',
  key: 'broker.key',
  revoked: 'revoked.crl',
} as const

/** All that mosquitto 2.0 needs, the configuration first. */
export function brokerConfig(_kind: BrokerKind, options: BrokerConfigOptions): readonly BrokerFile[] {
  const { authorities, leaf, revocationList } = options.files
  const open = (name: string, content: string): BrokerFile => ({ name, content, secret: false })
  return [
    open(NAMES.config, mosquittoConfig(options)),
    open(NAMES.deviceAcl, deviceAcl()),
    open(NAMES.serverAcl, `user ${SERVER_NAME}\ntopic readwrite #\n`),
    open(NAMES.authorities, authorities.join('')),
    open(NAMES.chain, leaf.chain),
    { name: NAMES.key, content: leaf.key, secret: true },
    open(NAMES.revoked, revocationList),
  ]
}

function mosquittoConfig(options: BrokerConfigOptions): string {
  const { directory, host, devicePort, serverPort } = options
  const tls = [
    `cafile ${directory}/${NAMES.authorities}`,
    `certfile ${directory}/${NAMES.chain}`,
    `keyfile ${directory}/${NAMES.key}`,
    `crlfile ${directory}/${NAMES.revoked}`,
    'tls_version tlsv1.2',
    'require_certificate true',
    'use_identity_as_username true',
    'allow_anonymous false',
  ]
  return lines([
    '# Ocelli: the broker of devices and servers. Send SIGHUP after a change of the access rules; restart for certificates.',
    'per_listener_settings true',
    `max_packet_size ${MAX_PACKET_BYTES}`,
    '# Bounds what waits for one slow reader. A server that connects is sent three retained messages of each device at',
    '# once: what this cuts off would leave devices unknown until they repeat them.',
    'max_queued_messages 400000',
    'max_inflight_messages 20',
    'persistent_client_expiration 1h',
    'persistence false',
    '',
    '# Devices: client id, certificate and topic prefix are one and the same.',
    `listener ${devicePort} ${host}`,
    'use_username_as_clientid true',
    `acl_file ${directory}/${NAMES.deviceAcl}`,
    ...tls,
    '',
    '# Servers: several replicas share one certificate name and choose their client ids. Keep it away from devices.',
    `listener ${serverPort} ${host}`,
    `acl_file ${directory}/${NAMES.serverAcl}`,
    ...tls,
  ])
}

/** The user is the certificate's common name, which is the device's id. */
function deviceAcl(): string {
  const own = `${TOPIC_ROOT}/%u`
  return lines([
    ...DEVICE_WRITES.map((levels) => `pattern write ${own}/${levels}`),
    ...DEVICE_READS.map((levels) => `pattern read ${own}/${levels}`),
  ])
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
