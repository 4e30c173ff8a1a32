/**
 * The order of test files: whole installations first, as each waits more than it computes and the longest takes
 * minutes; a file of milliseconds last. What would start late and take long is what everybody waits for.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const FOLDERS = ['e2e', 'simulation', 'integration', 'property', 'contract']
/** Longer than all others: three dozen starts of real processes. */
const FIRST = 'e2e/kill.test.ts'

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a.moduleId) - rank(b.moduleId))
  }
}

function rank(path: string): number {
  if (path.endsWith(FIRST)) return -1
  const folder = FOLDERS.findIndex((name) => path.includes(`/test/${name}/`))
  return folder < 0 ? FOLDERS.length : folder
}
