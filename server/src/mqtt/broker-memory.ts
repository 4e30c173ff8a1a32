/**
 * What the broker remembers, for aedes: retained messages, and QoS 2 messages whose exchange is half done. All sessions
 * are clean ones, so there are no subscriptions, queues and wills that outlive a connection.
 *
 * The memory that aedes brings (aedes-persistence 11) looks at every retained message for each filter of each
 * subscription. A fleet that comes back subscribes three times a device while the broker holds four retained messages of
 * each, so its return would cost time with the square of its size. Here a filter is looked up under its first levels.
 */
import { Readable } from 'node:stream'
import type { AedesPublishPacket, Client } from 'aedes'
import { matches } from './emitter.ts'

/** Levels that name one device (`ocelli/v1/<device>`): what is retained below them is a handful of messages. */
const GROUP_LEVELS = 3

type Stored = AedesPublishPacket & { readonly messageId?: number }
type OfClient = Pick<Client, 'id'>

export class BrokerMemory {
  /** By the first levels of the topic, then by topic. */
  private readonly retained = new Map<string, Map<string, AedesPublishPacket>>()
  /** By client, then by packet id. */
  private readonly incoming = new Map<string, Map<number | undefined, Stored>>()

  async setup(): Promise<void> {}

  /** An empty payload clears the topic [MQTT-3.3.1-10]. */
  async storeRetained(packet: AedesPublishPacket): Promise<void> {
    const key = groupOf(packet.topic)
    const group = this.retained.get(key) ?? new Map<string, AedesPublishPacket>()
    if (packet.payload.length > 0) {
      group.set(packet.topic, { ...packet })
      this.retained.set(key, group)
    } else if (group.delete(packet.topic) && group.size === 0) this.retained.delete(key)
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter])
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(filters.flatMap((filter) => this.retainedFor(filter)))
  }

  async incomingStorePacket({ id }: OfClient, packet: Stored): Promise<void> {
    const packets = this.incoming.get(id) ?? new Map<number | undefined, Stored>()
    this.incoming.set(id, packets.set(packet.messageId, packet))
  }

  /** Rejects where there is none: that is how aedes learns that a packet is new. */
  async incomingGetPacket({ id }: OfClient, { messageId }: Stored): Promise<Stored> {
    const packet = this.incoming.get(id)?.get(messageId)
    if (packet === undefined) throw new Error('no such packet')
    return packet
  }

  async incomingDelPacket({ id }: OfClient, { messageId }: Stored): Promise<void> {
    if (!this.incoming.get(id)?.delete(messageId)) throw new Error('no such packet')
  }

  async cleanIncoming({ id }: OfClient): Promise<void> {
    this.incoming.delete(id)
  }

  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByClient(): Promise<readonly never[]> {
    return []
  }
  /** Who is owed a message though it is away: nobody. */
  async subscriptionsByTopic(): Promise<readonly never[]> {
    return []
  }

  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from([])
  }

  async putWill(): Promise<void> {}
  async getWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from([])
  }

  private retainedFor(filter: string): AedesPublishPacket[] {
    if (!/[+#]/.test(filter)) {
      const packet = this.retained.get(groupOf(filter))?.get(filter)
      return packet === undefined ? [] : [packet]
    }
    const key = groupOf(filter)
    // `a/b/#` matches `a/b` as well [MQTT-4.7.1-2], which stands in a group of its own.
    const isOneGroup = !/[+#]/.test(key) && filter.split('/').length > GROUP_LEVELS + 1
    const groups = isOneGroup
      ? [this.retained.get(key) ?? new Map<string, AedesPublishPacket>()]
      : this.retained.values()
    return [...groups].flatMap((group) => [...group.values()].filter(({ topic }) => matches(filter, topic)))
  }
}

function groupOf(topic: string): string {
  let end = -1
  for (let level = 0; level < GROUP_LEVELS; level++) {
    end = topic.indexOf('/', end + 1)
    if (end < 0) return topic
  }
  return topic.slice(0, end)
}
