/**
 * Selectors: CEL over `device`. An absent label or field makes the selector false, with the reason, for `!=` too;
 * any other error refuses the manifest. The answer is a function of the fields that the expression reads, so it is
 * computed once per distinct set of their values.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { DeviceFacts } from '../domain/snapshot.ts'

export interface Selector {
  readonly expression: string
  /** Paths below `device` that the expression reads, in order; empty path: everything. */
  readonly reads: readonly (readonly string[])[]
  readonly evaluate: (device: DeviceFacts) => SelectorAnswer
}

/** `why` is a short phrase: `label floor absent`, `is false`. `error`: an evaluation error that is no absence. */
export type SelectorAnswer =
  | { readonly matches: true }
  | { readonly matches: false; readonly why: string; readonly error?: boolean }

/**
 * Nodes of an expression, nesting, and the worst number of steps: three nested `exists` over 64 imagers are
 * 262,144, more than a plan may spend on one device.
 */
const LIMITS = { maxAstNodes: 256, maxDepth: 32, maxListElements: 64, maxMapEntries: 16, maxCallArguments: 8 }
const MAX_STEPS = 100_000
/** Most elements of a list that an expression may walk: interfaces of an inventory. */
const MAX_ELEMENTS = 256
const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

const RANGE = 'Range'
const TYPED = new Environment({ limits: LIMITS })
  .registerType({ name: RANGE, schema: { min: 'double', max: 'double' } })
  .registerType({
    name: 'Imager',
    schema: {
      id: 'string',
      driver: 'string',
      model: 'string',
      widthPixels: 'int',
      heightPixels: 'int',
      colour: 'string',
      formats: 'list<string>',
      maxFrameRateMillihertz: 'int',
      exposureMicros: RANGE,
      gainDecibels: RANGE,
      controllable: 'bool',
    },
  })
  .registerType({
    name: 'Platform',
    schema: {
      architecture: 'string',
      operatingSystem: 'string',
      model: 'string',
      cpuCount: 'int',
      memoryBytes: 'int',
      storageBytes: 'int',
      simulated: 'bool',
    },
  })
  .registerType({ name: 'Agent', schema: { version: 'string', features: 'list<string>' } })
  .registerType({
    name: 'Device',
    schema: {
      id: 'string',
      name: 'string',
      presence: 'string',
      labels: 'map<string, string>',
      platform: 'Platform',
      agent: 'Agent',
      imagers: 'list<Imager>',
      interfaces: 'list<string>',
    },
  })
  .registerVariable('device', 'Device')

/** Values are checked by the typed environment before; at run time the plain data is enough. */
const UNTYPED = new Environment({ limits: LIMITS }).registerVariable('device', 'dyn')

/** Compiles a selector; refuses with `manifest.selector` what is no CEL, no boolean, too costly, or unknown. */
export function compileSelector(expression: string): Selector | Refusal {
  const no = (why: string) => refusal('manifest.selector', `selector ${JSON.stringify(shown(expression))}: ${why}`)
  let evaluate: (context: { device: unknown }) => unknown
  let ast: ASTNode
  try {
    const checked = TYPED.parse(expression).check()
    if (!checked.valid) return no(describe(checked.error, expression))
    if (checked.type !== 'bool') return no(`is of type ${checked.type}, a selector is true or false`)
    const parsed = UNTYPED.parse(expression)
    evaluate = parsed
    ast = parsed.ast
  } catch (error) {
    return no(describe(error, expression))
  }
  const walk = new Walk()
  const steps = walk.cost(ast)
  if (walk.regex) return no('matches() is not supported: use startsWith, endsWith or contains')
  if (steps > MAX_STEPS) return no(`may take ${steps} steps on one device, the limit is ${MAX_STEPS}`)
  const reads = distinctPaths(walk.paths)
  return { expression, reads, evaluate: (device) => answer(evaluate, reads, device, expression) }
}

/** Calls `evaluate` once per distinct set of what the selector reads. */
export function memoised(selector: Selector): (device: DeviceFacts) => SelectorAnswer {
  const known = new Map<string | undefined, SelectorAnswer>()
  const first = selector.reads.length === 1 ? selector.reads[0] : undefined
  const label = first?.[0] === 'labels' && first.length === 2 ? first[1] : undefined
  const keyOf =
    label === undefined
      ? (device: DeviceFacts) => selector.reads.map((path) => JSON.stringify(valueAt(device, path)) ?? '').join('\n')
      : (device: DeviceFacts) => (Object.hasOwn(device.labels, label) ? device.labels[label] : undefined)
  return (device) => {
    const key = keyOf(device)
    let found = known.get(key)
    if (found === undefined) {
      found = selector.evaluate(device)
      known.set(key, found)
    }
    return found
  }
}

function answer(
  evaluate: (context: { device: unknown }) => unknown,
  reads: readonly (readonly string[])[],
  device: DeviceFacts,
  expression: string,
): SelectorAnswer {
  try {
    return evaluate({ device: activation(device, reads) }) === true
      ? { matches: true }
      : { matches: false, why: 'is false' }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'no_such_key' || code === 'index_out_of_bounds') {
      return { matches: false, why: absence(error, expression) }
    }
    return { matches: false, why: `fails: ${describe(error, expression)}`, error: true }
  }
}

/** Only what is read is built; whole numbers become CEL ints. */
function activation(device: DeviceFacts, reads: readonly (readonly string[])[]): Record<string, unknown> {
  const all = reads.some((path) => path.length === 0)
  const result: Record<string, unknown> = {}
  const roots = all ? ROOTS : new Set(reads.map((path) => path[0] ?? ''))
  for (const root of roots) {
    const value = valueAt(device, [root])
    if (value !== undefined) result[root] = ints(value)
  }
  return result
}

const ROOTS: ReadonlySet<string> = new Set([
  'id',
  'name',
  'presence',
  'labels',
  'platform',
  'agent',
  'imagers',
  'interfaces',
])

function valueAt(device: DeviceFacts, path: readonly string[]): unknown {
  const [root, ...rest] = path
  let value = root === undefined ? rootsOf(device) : rootValue(device, root)
  for (const step of rest) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined
  }
  return value
}

function rootsOf(device: DeviceFacts): unknown {
  return Object.fromEntries([...ROOTS].map((root) => [root, rootValue(device, root)]))
}

function rootValue(device: DeviceFacts, root: string): unknown {
  switch (root) {
    case 'id':
      return device.id
    case 'name':
      return device.name
    case 'presence':
      return device.presence
    case 'labels':
      return device.labels
    case 'platform':
      return device.inventory?.platform
    case 'agent':
      return device.inventory?.agent
    case 'imagers':
      return device.inventory?.imagers
    case 'interfaces':
      return device.inventory?.interfaces.map((provided) => provided.name)
    default:
      return undefined
  }
}

function ints(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(ints)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ints(inner)]))
  }
  return value
}

/** Walks an expression: which paths of `device` it reads, and how many steps it can take at worst. */
class Walk {
  readonly paths: string[][] = []
  regex = false

  cost(node: ASTNode): number {
    const path = pathOf(node)
    if (path) {
      this.paths.push(path)
      return path.length + 1
    }
    if (node.op === 'call' || node.op === 'rcall') return this.callCost(node)
    let total = 1
    for (const child of children(node.args)) total += this.cost(child)
    return total
  }

  private callCost(node: ASTNode): number {
    const args = node.args as readonly unknown[]
    const name = args[0]
    if (name === 'matches') this.regex = true
    const inner = children(args)
    if (node.op === 'rcall' && typeof name === 'string' && MACROS.has(name)) {
      const [receiver, ...body] = inner
      const each = body.reduce((sum, child) => sum + this.cost(child), 0)
      return (receiver ? this.cost(receiver) : 0) + MAX_ELEMENTS * each
    }
    return inner.reduce((sum, child) => sum + this.cost(child), 1)
  }
}

/** `device.a.b` and `device["a"]` as a path; undefined where the node is something else. */
function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === 'id') return node.args === 'device' ? [] : undefined
  if (node.op === '.') {
    const inner = pathOf(node.args[0])
    return inner && [...inner, node.args[1]]
  }
  if (node.op === '[]') {
    const key = node.args[1]
    const inner = key.op === 'value' && typeof key.args === 'string' ? pathOf(node.args[0]) : undefined
    return inner && [...inner, String(key.args)]
  }
  return undefined
}

function children(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(children)
  return typeof args === 'object' && args !== null && 'op' in args && 'args' in args ? [args as ASTNode] : []
}

/** Without duplicates and without paths below another one that is read whole. */
function distinctPaths(paths: readonly string[][]): string[][] {
  const sorted = [...new Map(paths.map((path) => [path.join('\n'), path])).values()].sort((a, b) => a.length - b.length)
  const kept: string[][] = []
  for (const path of sorted) {
    if (!kept.some((shorter) => shorter.every((step, index) => path[index] === step))) kept.push(path)
  }
  return kept.sort((a, b) => (a.join('.') < b.join('.') ? -1 : 1))
}

function absence(error: unknown, expression: string): string {
  const range = rangeOf(error)
  const text = range ? expression.slice(range.start, range.end) : ''
  const node = nodeOf(error)
  const path = node && pathOf(node)
  if (path?.[0] === 'labels' && path[1] !== undefined) return `label ${path[1]} absent`
  if (path && path.length > 0) return `field ${path.join('.')} absent`
  return `field ${text || 'it reads'} absent`
}

function nodeOf(error: unknown): ASTNode | undefined {
  if (typeof error !== 'object' || error === null || !('node' in error)) return undefined
  const [node] = children([error.node])
  return node
}

/** Short enough for a message. */
function shown(expression: string): string {
  return expression.length > 200 ? `${expression.slice(0, 197)}...` : expression
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function rangeOf(error: unknown): { start: number; end: number } | undefined {
  if (typeof error !== 'object' || error === null || !('range' in error)) return undefined
  const range = error.range
  if (typeof range !== 'object' || range === null || !('start' in range) || !('end' in range)) return undefined
  return typeof range.start === 'number' && typeof range.end === 'number'
    ? { start: range.start, end: range.end }
    : undefined
}

function describe(error: unknown, expression: string): string {
  const summary =
    typeof error === 'object' && error !== null && 'summary' in error ? String(error.summary) : String(error)
  const range = rangeOf(error)
  if (!range) return summary
  const text = expression.slice(range.start, range.end)
  return `${summary} at column ${range.start + 1}${text === '' ? '' : ` (${shown(text)})`}`
}
