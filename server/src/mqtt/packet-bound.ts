/** Bounds the size of MQTT packets at the socket: aedes and its parser would hold any packet until it is whole. */
import type { Duplex } from 'node:stream'

/** Why the connection was ended. */
export class PacketSizeError extends Error {}

/** Follows packet boundaries in a stream of chunks [MQTT-2.2.3]. */
export class PacketBound {
  private readonly maxBytes: number
  /** Bytes left of the packet's body. */
  private left = 0
  /** Position in the fixed header: 0 at its first byte, then the length bytes read so far plus one. */
  private header = 0
  private length = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** False once a packet is announced that is too long, or whose length is malformed. Nothing may be read after that. */
  accept(chunk: Uint8Array): boolean {
    let at = 0
    while (at < chunk.length) {
      if (this.left > 0) {
        const step = Math.min(this.left, chunk.length - at)
        this.left -= step
        at += step
        continue
      }
      const byte = chunk[at++] ?? 0
      if (this.header === 0) {
        this.header = 1
        this.length = 0
        continue
      }
      this.length += (byte & 0x7f) * 128 ** (this.header - 1)
      if (this.length > this.maxBytes) return false
      if (byte < 0x80) {
        this.left = this.length
        this.header = 0
      } else if (++this.header > 4) return false
    }
    return true
  }
}

/** Ends the connection, before its bytes are parsed, when a packet is longer than `maxBytes`. */
export function boundPackets(connection: Duplex, maxBytes: number, onRefused: () => void): void {
  const bound = new PacketBound(maxBytes)
  const read = connection.read.bind(connection)
  connection.read = (size?: number) => {
    const chunk: unknown = read(size)
    if (!(chunk instanceof Uint8Array) || bound.accept(chunk)) return chunk
    onRefused()
    connection.destroy(new PacketSizeError(`a packet of more than ${maxBytes} bytes`))
    return null
  }
}
