/** Gathers what the live table shows: the API's answers, the simulator's ground truth, and how well one follows the other. */
import { readFileSync } from 'node:fs'
import type { DeploymentSummary, Explanation } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { Output, RecordList } from '@ocelli/schemas/api/record'
import { validator } from '@ocelli/schemas/message'
import { Type } from '@ocelli/schemas/typebox'
import type { Client } from '../client.ts'
import { correlation } from './correlation.ts'
import type { LiveState } from './live-view.ts'

const readControl = validator(Type.Object({ url: Type.String() }))
const readTruth = validator(
  Type.Object({
    items: Type.Array(Type.Object({ device: Type.String(), imager: Type.String(), people: Type.Number() })),
  }),
)

const WINDOW_MS = 60_000
/** A value older than this says nothing about now. */
const FRESH_MS = 3000
const EVENTS_SHOWN = 4

interface Pair {
  readonly atMs: number
  readonly pair: readonly [number, number]
}

export class LiveFeed {
  readonly #client: Client
  readonly #controlFile: string | undefined
  #pairs: Pair[] = []
  /** What was true when, for the last moments: an output speaks of a moment that has passed. */
  #truths: { readonly atMs: number; readonly people: ReadonlyMap<string, number> }[] = []

  constructor(client: Client, controlFile: string | undefined) {
    this.#client = client
    this.#controlFile = controlFile
  }

  async refresh(): Promise<LiveState> {
    const client = this.#client
    const [devices, deployments, outputs, events, truth] = await Promise.all([
      client.get<{ items: DeviceSummary[] }>('/devices'),
      client.get<{ items: DeploymentSummary[] }>('/deployments'),
      client.get<{ items: Output[] }>('/outputs'),
      client.get<RecordList>('/records', { query: { kind: ['event'], end: 'newest', limit: EVENTS_SHOWN } }),
      this.#truth(),
    ])
    const refused = await Promise.all(
      deployments.items.map(async ({ name }) => {
        const found = await client.get<Explanation>(`/deployments/${name}/explain`, { query: { outcome: 'refused' } })
        return [name, found.decisions] as const
      }),
    )
    const nowMs = Date.now()
    this.#collect(nowMs, outputs.items, truth)
    const value = correlation(this.#pairs.map(({ pair }) => pair))
    return {
      url: client.context.url,
      nowMs,
      devices: devices.items.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      deployments: deployments.items,
      refused: new Map(refused),
      outputs: outputs.items,
      truth,
      correlation: value === undefined ? undefined : { value, pairs: this.#pairs.length },
      events: events.items,
    }
  }

  /** Pairs each fresh count with the truth of the moment that it was made in, for the last minute. */
  #collect(nowMs: number, outputs: readonly Output[], truth: ReadonlyMap<string, number>): void {
    this.#pairs = this.#pairs.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS)
    this.#truths = [...this.#truths.filter(({ atMs }) => nowMs - atMs <= 2 * FRESH_MS), { atMs: nowMs, people: truth }]
    for (const output of outputs) {
      if (output.name !== 'people' || nowMs - output.receivedAtMs > FRESH_MS) continue
      const distance = ({ atMs }: { atMs: number }) => Math.abs(atMs - output.observedAtMs)
      const then = this.#truths.reduce((a, b) => (distance(b) < distance(a) ? b : a))
      const really = then.people.get(`${output.deviceName}/${output.imager}`)
      if (really !== undefined) this.#pairs.push({ atMs: nowMs, pair: [output.value, really] })
    }
  }

  /** Empty while there is no simulator to ask. */
  async #truth(): Promise<ReadonlyMap<string, number>> {
    if (this.#controlFile === undefined) return new Map()
    try {
      const control = readControl(JSON.parse(readFileSync(this.#controlFile, 'utf8')))
      if (!control.ok) return new Map()
      const answer = readTruth(await (await fetch(`${control.value.url}/truth/now`)).json())
      if (!answer.ok) return new Map()
      return new Map(answer.value.items.map((item) => [`${item.device}/${item.imager}`, item.people]))
    } catch {
      return new Map()
    }
  }
}
