/** A device on the wire alone: it enrols over HTTPS and speaks MQTT, with none of the agent's code. */

import { request } from 'node:https'
import { Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { decodeEnrolmentToken, type EnrolResponse } from '@ocelli/schemas/enrolment'
import { validator } from '@ocelli/schemas/message'
import { type DesiredState, readDesiredState } from '@ocelli/schemas/messages/desired'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import { verifyEnvelope } from '@ocelli/schemas/signing'
import { topics } from '@ocelli/schemas/topics'
import { readPublicKey } from '@ocelli/server/identity/keys'
import { readTrust } from '@ocelli/server/identity/trust'
import mqtt, { type MqttClient } from 'mqtt'
import { makeCsr } from './tls-authority.ts'

const readEnvelope = validator(Envelope)

export class RawDevice {
  readonly response: EnrolResponse
  readonly key: string
  readonly received: { readonly topic: string; readonly text: string }[] = []
  #client: MqttClient | undefined

  private constructor(response: EnrolResponse, key: string) {
    this.response = response
    this.key = key
  }

  static async enrol(token: string, name: string): Promise<RawDevice> {
    const read = decodeEnrolmentToken(token)
    if (read === undefined) throw new Error('the token cannot be read')
    const { csr, key } = await makeCsr()
    const body = JSON.stringify({ tokenId: read.id, secret: read.secret, csr, name })
    const response = (await post(`${read.url}/device/v1/enrol`, body)) as EnrolResponse
    return new RawDevice(response, key)
  }

  get id() {
    return this.response.device
  }

  async connect(): Promise<void> {
    const { id } = this
    const will = { state: 'lost', session: { certificate: 1, start: 1 } }
    const client = mqtt.connect(this.response.mqttUrl, {
      protocolVersion: 4,
      clientId: id,
      clean: true,
      reconnectPeriod: 0,
      cert: this.response.certificate,
      key: this.key,
      ca: this.response.roots,
      will: { topic: topics.presence(id), payload: Buffer.from(JSON.stringify(will)), qos: 1, retain: true },
    })
    client.on('error', () => {})
    client.on('close', () => {
      this.#client = undefined
    })
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('close', () => reject(new Error('the broker closed the connection')))
    })
    client.on('message', (topic, payload) => this.received.push({ topic, text: payload.toString() }))
    await client.subscribeAsync([topics.desired(id), topics.ack(id), `ocelli/v1/${id}/command/#`], { qos: 1 })
    this.#client = client
  }

  async publish(kind: 'presence' | 'inventory' | 'reported' | 'telemetry', value: unknown): Promise<void> {
    const payload = typeof value === 'string' ? value : JSON.stringify(value)
    await this.#client?.publishAsync(topics[kind](this.id), payload, { qos: 1, retain: kind !== 'telemetry' })
  }

  async sayHello(inventory: Inventory): Promise<void> {
    await this.publish('presence', { state: 'online', session: inventory.session })
    await this.publish('inventory', inventory)
  }

  messages(kind: 'desired' | 'ack'): readonly unknown[] {
    return this.received.filter(({ topic }) => topic === topics[kind](this.id)).map(({ text }) => JSON.parse(text))
  }

  /** The newest desired state, if the server that the operator trusts signed it. */
  desired(): DesiredState | undefined {
    const envelope = readEnvelope(this.messages('desired').at(-1))
    if (!envelope.ok) return undefined
    const operator = readPublicKey(this.response.operatorKey)
    if (operator === undefined) throw new Error('no operator key')
    const { servers } = readTrust(this.response.trust, operator)
    const keys = servers.flatMap(({ publicKey }) => readPublicKey(publicKey) ?? [])
    const verified = verifyEnvelope(envelope.value, PAYLOAD_TYPES.desired, keys)
    if (!verified.ok) throw new Error(`desired state is not signed by the server: ${verified.reason}`)
    const state = readDesiredState(JSON.parse(Buffer.from(verified.payload).toString()))
    if (!state.ok) throw new Error(state.message)
    return state.value
  }

  get isConnected(): boolean {
    return this.#client !== undefined
  }

  async close(): Promise<void> {
    await this.#client?.endAsync(true)
  }
}

/** Only the agent compares fingerprints with its token; this device asks nobody. */
function post(url: string, body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request(url, { method: 'POST', headers, rejectUnauthorized: false, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${url} answered ${response.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
