/** Component versions: who may run them, pushing and reading them. */
import { MAX_COMPONENT_BYTES } from '../../component.ts'
import type { ErrorCode } from '../../errors.ts'
import {
  ComponentFit,
  ComponentInfo,
  ComponentList,
  ComponentParams,
  ComponentQuery,
  Inspection,
  PushedComponent,
  SIGNATURE_HEADER,
  WASM_TYPE,
} from '../component.ts'
import type { RouteShape } from '../route.ts'

const ADMISSION_ERRORS = [
  'component.notWasm',
  'component.coreModule',
  'component.invalid',
  'component.toolFailed',
  'component.timeout',
  'component.tooLarge',
  'component.needs',
] as const satisfies readonly ErrorCode[]

export const COMPONENT_ROUTES = {
  listComponents: {
    method: 'GET',
    path: '/components',
    role: 'any',
    summary: 'Lists component versions',
    query: ComponentQuery,
    status: 200,
    response: ComponentList,
    errors: [],
  },
  getComponent: {
    method: 'GET',
    path: '/components/{name}/{version}',
    role: 'any',
    summary: 'Shows one component version',
    params: ComponentParams,
    status: 200,
    response: ComponentInfo,
    errors: ['component.unknown'],
  },
  getComponentFit: {
    method: 'GET',
    path: '/components/{name}/{version}/fit',
    role: 'viewer',
    summary: 'Shows which devices could run a component version, and why the others could not',
    params: ComponentParams,
    status: 200,
    response: ComponentFit,
    errors: ['component.unknown'],
  },
  pushComponent: {
    method: 'PUT',
    path: '/components/{name}/{version}',
    role: 'publisher',
    summary: 'Pushes the bytes of a component version with its signature',
    description: 'A name and version never change their bytes once they are there.',
    params: ComponentParams,
    headers: {
      [SIGNATURE_HEADER]: {
        description: 'DSSE envelope over the ComponentStatement: JSON, in base64',
        required: true,
      },
    },
    bytes: { type: WASM_TYPE, maxBytes: MAX_COMPONENT_BYTES },
    status: 201,
    response: PushedComponent,
    errors: [...ADMISSION_ERRORS, 'component.exists', 'trust.signature', 'trust.mismatch', 'trust.unknownPublisher'],
  },
  inspectComponent: {
    method: 'POST',
    path: '/inspect',
    role: 'any',
    summary: 'Reads what a component asks for and who could run it; nothing is stored',
    bytes: { type: WASM_TYPE, maxBytes: MAX_COMPONENT_BYTES },
    status: 200,
    response: Inspection,
    errors: [...ADMISSION_ERRORS],
  },
} as const satisfies Record<string, RouteShape>
