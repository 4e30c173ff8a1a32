/** What is wrong with the `rollout` block of a manifest beyond its shape. */
import type { GateCheck, RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { compileSelector } from '../scheduler/selector.ts'
import { compileComparison } from './comparison.ts'

/** The first thing that is wrong: `manifest.invalid`, or `manifest.selector`. */
export function checkRollout(spec: RolloutSpec | undefined): Refusal | undefined {
  if (spec === undefined) return undefined
  const no = (where: string, why: string) => refusal('manifest.invalid', `spec.rollout.${where}: ${why}`)
  for (const [index, wave] of (spec.waves ?? []).entries()) {
    if (typeof wave !== 'object') continue
    const { size, selector, devices } = wave
    if ([size, selector, devices].filter((one) => one !== undefined).length !== 1) {
      return no(`waves.${index}`, 'exactly one of size, selector and devices is needed')
    }
    const compiled = selector === undefined ? undefined : compileSelector(selector)
    if (isRefusal(compiled)) return compiled
  }
  if (spec.startAt !== undefined && Number.isNaN(Date.parse(spec.startAt))) {
    return no('startAt', `${spec.startAt} is no time`)
  }
  for (const [index, check] of (spec.gate?.checks ?? []).entries()) {
    const wrong = wrongWith(check)
    if (isRefusal(wrong)) return wrong
    if (wrong !== undefined) return no(`gate.checks.${index}`, wrong)
  }
  for (const [index, check] of (spec.shadow?.checks ?? []).entries()) {
    if (check.maxDifference === undefined && check.minAgreementPercent === undefined) {
      return no(`shadow.checks.${index}`, 'maxDifference or minAgreementPercent is needed')
    }
  }
  return undefined
}

function wrongWith(check: GateCheck): Refusal | string | undefined {
  if ('cel' in check) {
    const compiled = compileComparison(check.cel)
    return isRefusal(compiled) ? compiled : undefined
  }
  if (check.compare === 'silence') {
    return check.maxSilenceMs === undefined ? 'silence needs maxSilenceMs' : undefined
  }
  if ('event' in check && (check.compare === 'mean' || check.compare === 'drift')) {
    return `an event has no value: compare rate or silence, not ${check.compare}`
  }
  return check.maxDifference === undefined && check.maxDifferencePercent === undefined
    ? `${check.compare} needs maxDifference or maxDifferencePercent`
    : undefined
}
