/** What the host reads from, and changes in, the JavaScript that jco generates. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { FunctionImport } from './component-code.ts'

/** The glue asks the environment before each of its many debug lines, which is a fifth of the price of a call. */
const DEBUG_SWITCH = 'if (!globalThis?.process?.env?.JCO_DEBUG) { return; }'

/**
 * Turns the generated module into a function body that returns its `instantiate`, so that it can be evaluated
 * without the module loader (which is asynchronous and keeps every module for the life of the process).
 */
export function scriptBody(glue: string): string {
  const start = 'export function instantiate('
  const end = '\nexport const _util = {'
  if (
    count(glue, start) !== 1 ||
    count(glue, '\nexport ') !== 2 ||
    count(glue, DEBUG_SWITCH) !== 1 ||
    !glue.includes(end)
  ) {
    throw new OcelliError('component.toolFailed', 'The transpiler wrote glue of an unknown form')
  }
  const from = glue.indexOf(start) + 'export '.length
  const body = glue.slice(from, glue.indexOf(end)).trimEnd().replace(/;$/, '')
  return `'use strict';\nreturn ${body.replace(DEBUG_SWITCH, 'return;')};\n`
}

/** Each host function that the glue calls is named in it with the full name of its interface. */
export function functionImports(glue: string): FunctionImport[] {
  const found = new Map<string, Set<string>>()
  for (const [, name = '', member = ''] of glue.matchAll(/\.fnName = '([^'#]+)#([^']+)'/g)) {
    const functions = found.get(name) ?? new Set()
    found.set(name, functions.add(member))
  }
  return [...found].map(([name, functions]) => ({ interface: name, functions: [...functions].sort() }))
}

/** How often the glue instantiates the core module of that file name. */
export function instancesOf(glue: string, core: string): number {
  const variable = glue.split(` = getCoreModule('${core}');`)[0]?.match(/(module\d+)$/)?.[1]
  return variable === undefined ? 0 : [...glue.matchAll(new RegExp(`instantiateCore\\(${variable}\\b`, 'g'))].length
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
