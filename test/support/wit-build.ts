/** Sample components for tests: built where their sources changed. */
import { join } from 'node:path'
import { type BuiltComponent, buildComponent } from '../../wit/toolchain/build-component.ts'
import { COMPONENTS_FOLDER } from '../../wit/toolchain/build-components.ts'

/** Builds the sample `name`, or takes what was built from the same sources. */
export function buildSample(name: string): Promise<BuiltComponent> {
  return buildComponent(join(COMPONENTS_FOLDER, name))
}
