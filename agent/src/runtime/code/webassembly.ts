/** The part of the global WebAssembly object that the host uses; Node's type package declares none of its values. */

declare const compiled: unique symbol
/** A compiled core module. It can be posted to a worker, which then need not compile it. */
export interface CoreModule {
  readonly [compiled]: true
}

export interface LinearMemory {
  readonly buffer: ArrayBuffer
}

interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): CoreModule
    imports(module: CoreModule): readonly { readonly module: string; readonly name: string }[]
    exports(module: CoreModule): readonly { readonly name: string }[]
  }
  readonly Instance: new (
    module: CoreModule,
    imports?: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> }
  readonly Memory: new (limits: { initial: number; maximum?: number }) => LinearMemory
  readonly RuntimeError: new (message?: string) => Error
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<CoreModule>
}

export const webAssembly: WebAssemblyApi = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')?.value
