/** Judges one output check of a gate by its evidence; without enough of it, it says what it waits for. */
import type { GateFinding } from '@ocelli/schemas/api/rollout'
import { type Gate, type GateCheck, ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import { isRefusal } from '../domain/refusal.ts'
import { type ComparisonSide, compileComparison } from './comparison.ts'
import type { NameStats, Side, Sides } from './evidence.ts'

type Bounds = Required<Pick<Gate, 'windowMs' | 'minSamples' | 'minDevices'>>
type Compared = Extract<GateCheck, { compare: unknown }>

/** What the check says, else the gate, else the default. */
export function boundsOf(gate: Gate | undefined, check: GateCheck): Bounds {
  const { windowMs, minSamples, minDevices } = ROLLOUT_DEFAULTS
  return {
    windowMs: check.windowMs ?? gate?.windowMs ?? windowMs,
    minSamples: check.minSamples ?? gate?.minSamples ?? minSamples,
    minDevices: check.minDevices ?? gate?.minDevices ?? minDevices,
  }
}

export function judge(check: GateCheck, bounds: Bounds, sides: Sides): GateFinding {
  return 'cel' in check ? judgeExpression(check, bounds, sides) : judgeCompared(check, bounds, sides)
}

export function checkName(check: GateCheck): string {
  if (check.name !== undefined) return check.name
  return 'cel' in check ? check.cel : `${nameOf(check)} ${check.compare}`
}

function nameOf(check: Compared): string {
  return 'measurement' in check ? check.measurement : check.event
}

const NOTHING: NameStats = {
  devices: 0,
  samples: 0,
  mean: 0,
  ratePerMinute: 0,
  silenceMs: 0,
  drift: 0,
  driftDevices: 0,
  meanBefore: 0,
}

function judgeCompared(check: Compared, bounds: Bounds, sides: Sides): GateFinding {
  const name = nameOf(check)
  const wave = sides.wave.byName.get(name) ?? NOTHING
  const rest = sides.rest.byName.get(name) ?? NOTHING
  const finding = (verdict: GateFinding['verdict'], text: string, values?: readonly [number, number]): GateFinding => ({
    name: checkName(check),
    verdict,
    text,
    wave: shown(wave, values?.[0]),
    rest: shown(rest, values?.[1]),
  })
  if (check.compare === 'silence') return judgeSilence(check, bounds, sides, wave, finding)
  const lacks = lackOf(check, bounds, sides, wave, rest)
  if (lacks !== undefined) return finding('waits', lacks)
  const [now, then] = valuesOf(check, wave, rest)
  const difference = Math.abs(now - then)
  const bound = Math.max(check.maxDifference ?? 0, ((check.maxDifferencePercent ?? 0) / 100) * Math.abs(then))
  const holds = difference <= bound
  const what = check.compare === 'rate' ? `${name} a minute` : name
  const old = check.compare === 'drift' ? 'before it got the revision' : restName(sides)
  const text = `${what}: ${number(now)} ${countText('in the wave', wave)}, ${number(then)} ${countText(old, rest)}: differs by ${number(difference)}, ${number(bound)} ${holds ? 'are' : 'is all that is'} allowed`
  return finding(holds ? 'holds' : 'fails', text, [now, then])
}

function valuesOf(check: Compared, wave: NameStats, rest: NameStats): [number, number] {
  if (check.compare === 'rate') return [wave.ratePerMinute, rest.ratePerMinute]
  if (check.compare === 'drift') return [wave.meanBefore + wave.drift, wave.meanBefore]
  return [wave.mean, rest.mean]
}

function judgeSilence(
  check: Compared,
  bounds: Bounds,
  { wave: side }: Sides,
  wave: NameStats,
  finding: (verdict: GateFinding['verdict'], text: string, values?: readonly [number, number]) => GateFinding,
): GateFinding {
  const name = nameOf(check)
  const maxMs = check.maxSilenceMs ?? bounds.windowMs
  if (side.watched < bounds.minDevices) return finding('waits', watchedText(name, 'in the wave', side, bounds))
  // Where nothing of the name came at all, the silence began when the devices began to be watched.
  const silenceMs = wave.devices === 0 ? side.longestMs : wave.silenceMs
  if (silenceMs <= maxMs && wave.devices < side.watched) {
    return finding('waits', `${name}: ${wave.devices} of ${side.watched} devices in the wave have put it out so far`)
  }
  const holds = silenceMs <= maxMs
  const text = `${name}: silent for at most ${seconds(silenceMs)} on ${devices(side.watched)} of the wave, ${seconds(maxMs)} ${holds ? 'are' : 'is all that is'} allowed`
  return finding(holds ? 'holds' : 'fails', text, [silenceMs, 0])
}

/** What is missing before the check can be judged. */
function lackOf(check: Compared, bounds: Bounds, sides: Sides, wave: NameStats, rest: NameStats): string | undefined {
  const name = nameOf(check)
  // Rates judge what is not put out as well: what counts is how long the devices were watched.
  if (check.compare === 'rate' && check.minSamples === undefined) {
    for (const [where, side] of [
      ['in the wave', sides.wave],
      [restName(sides), sides.rest],
    ] as const) {
      if (side.watched < bounds.minDevices) return watchedText(name, where, side, bounds)
    }
    const { allForMs } = sides.wave
    if (allForMs >= bounds.windowMs) return undefined
    return `${name}: waits until the wave was watched for ${seconds(bounds.windowMs)}; it is ${seconds(allForMs)} so far`
  }
  if (check.compare === 'drift') {
    if (wave.driftDevices >= bounds.minDevices && wave.samples >= bounds.minSamples) return undefined
    return `${name}: waits for ${bounds.minSamples} samples of ${devices(bounds.minDevices)} that put it out before as well; the wave has ${wave.samples} of ${wave.driftDevices}`
  }
  const few = (stats: NameStats) => stats.samples < bounds.minSamples || stats.devices < bounds.minDevices
  if (!few(wave) && !few(rest)) return undefined
  const has = (where: string, stats: NameStats) => `${where} ${stats.samples} of ${stats.devices}`
  return `${name}: waits for ${bounds.minSamples} samples of ${devices(bounds.minDevices)} on either side; there are ${has('in the wave', wave)}, ${has(restName(sides), rest)}`
}

function watchedText(name: string, where: string, side: Side, bounds: Bounds): string {
  return `${name}: waits for ${devices(bounds.minDevices)} that are healthy ${where}; there are ${side.watched}`
}

function judgeExpression(check: Extract<GateCheck, { cel: unknown }>, bounds: Bounds, sides: Sides): GateFinding {
  const name = checkName(check)
  const compiled = compileComparison(check.cel)
  if (isRefusal(compiled)) return { name, verdict: 'waits', text: compiled.message }
  for (const read of compiled.reads) {
    const stats = sides[read.side].byName.get(read.name) ?? NOTHING
    if (stats.samples >= bounds.minSamples && stats.devices >= bounds.minDevices) continue
    const where = read.side === 'wave' ? 'in the wave' : restName(sides)
    const text = `waits for ${bounds.minSamples} samples of ${read.name} of ${devices(bounds.minDevices)} ${where}; there are ${stats.samples} of ${stats.devices}`
    return { name, verdict: 'waits', text }
  }
  const answer = compiled.evaluate(plain(sides.wave), plain(sides.rest))
  if (typeof answer === 'string') return { name, verdict: 'waits', text: answer }
  const values = compiled.reads.map(({ side, name: read }) => {
    const stats = sides[side].byName.get(read) ?? NOTHING
    return `${side}.${read}: mean ${number(stats.mean)}, ${number(stats.ratePerMinute)} a minute of ${stats.samples} samples`
  })
  const text = `${check.cel} is ${answer}${values.length === 0 ? '' : ` (${values.join('; ')})`}`
  return { name, verdict: answer ? 'holds' : 'fails', text }
}

function plain({ byName }: Side): ComparisonSide {
  return Object.fromEntries(
    [...byName].map(([name, { mean, ratePerMinute, silenceMs, drift, samples, devices: count }]) => [
      name,
      { mean, ratePerMinute, silenceMs, drift, samples, devices: count },
    ]),
  )
}

function restName({ restIsBefore }: Sides): string {
  return restIsBefore ? 'on the old revision, before' : 'on the old revision'
}

function countText(where: string, { samples, devices: count }: NameStats): string {
  return `${where} (${samples} samples of ${devices(count)})`
}

function shown({ devices: count, samples }: NameStats, value: number | undefined) {
  return { devices: count, samples, ...(value !== undefined && Number.isFinite(value) && { value }) }
}

function devices(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

function seconds(ms: number): string {
  return `${number(ms / 1000)} s`
}
