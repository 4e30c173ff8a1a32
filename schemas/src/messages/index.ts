/** Every message of the wire, by name. Documents and tests are generated from this list. */
import { command, result } from './command.ts'
import { desired } from './desired.ts'
import { inventory } from './inventory.ts'
import { presence } from './presence.ts'
import { reported } from './reported.ts'
import { ack, telemetry } from './telemetry.ts'

export const MESSAGES = { presence, inventory, reported, telemetry, desired, ack, command, result } as const

/** Largest JPEG on `image/<instance>/<name>` (device, QoS 0): the only payload that is not JSON. */
export const MAX_IMAGE_BYTES = 1_048_576
/** Largest MQTT packet any side accepts: the largest payload with its topic and header. */
export const MAX_PACKET_BYTES = MAX_IMAGE_BYTES + 1024
