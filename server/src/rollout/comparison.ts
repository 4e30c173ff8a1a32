/** CEL over `wave` and `rest`: by name of measurement or event, what each side put out. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { type Refusal, refusal } from '../domain/refusal.ts'

/** By name: mean, ratePerMinute, silenceMs, drift, samples, devices. */
export type ComparisonSide = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface Comparison {
  /** What it reads: without evidence of these it is not judged. */
  readonly reads: readonly { readonly side: 'wave' | 'rest'; readonly name: string }[]
  /** A text says why there is no answer. */
  readonly evaluate: (wave: ComparisonSide, rest: ComparisonSide) => boolean | string
}

const LIMITS = { maxAstNodes: 256, maxDepth: 32, maxListElements: 64, maxMapEntries: 16, maxCallArguments: 8 }
const TYPE = 'map<string, map<string, double>>'
const ENVIRONMENT = new Environment({ limits: LIMITS }).registerVariable('wave', TYPE).registerVariable('rest', TYPE)
/** Loops have no use here, and the cost of one is hard to bound. */
const MACROS = /\.\s*(all|exists|exists_one|map|filter)\s*\(/

/** Refuses with `manifest.invalid` what is no CEL or no boolean. */
export function compileComparison(expression: string): Comparison | Refusal {
  const no = (why: string) => refusal('manifest.invalid', `check ${JSON.stringify(expression)}: ${why}`)
  if (MACROS.test(expression)) return no('a check walks no lists')
  try {
    const checked = ENVIRONMENT.parse(expression).check()
    if (!checked.valid) return no(checked.error?.message ?? 'is not valid')
    if (checked.type !== 'bool') return no(`is of type ${checked.type}, a check is true or false`)
    const parsed = ENVIRONMENT.parse(expression)
    const reads = new Map<string, Comparison['reads'][number]>()
    readsOf(parsed.ast, reads)
    return {
      reads: [...reads.values()],
      evaluate(wave, rest) {
        try {
          return parsed({ wave, rest }) === true
        } catch (error) {
          return error instanceof Error ? (error.message.split('\n')[0] ?? 'fails') : String(error)
        }
      },
    }
  } catch (error) {
    return no(error instanceof Error ? (error.message.split('\n')[0] ?? 'is not valid') : String(error))
  }
}

/** Finds `wave.people` and `rest["people"]`, anywhere. */
function readsOf(node: unknown, found: Map<string, Comparison['reads'][number]>): void {
  if (Array.isArray(node)) {
    for (const one of node) readsOf(one, found)
    return
  }
  if (!isNode(node)) return
  const { op, args } = node
  if ((op === '.' || op === '[]') && Array.isArray(args)) {
    const [holder, key] = args as readonly unknown[]
    const side = isNode(holder) && holder.op === 'id' ? holder.args : undefined
    const name = isNode(key) ? key.args : key
    if ((side === 'wave' || side === 'rest') && typeof name === 'string') found.set(`${side} ${name}`, { side, name })
  }
  readsOf(args, found)
}

function isNode(value: unknown): value is Pick<ASTNode, 'op' | 'args'> {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}
