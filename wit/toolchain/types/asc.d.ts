/** What the toolchain uses of AssemblyScript's compiler. Its own types declare globals that clash with Node's. */
interface AscResult {
  readonly error: Error | null
}
interface AscOptions {
  readonly stdout?: { write(text: string): void }
  readonly stderr?: { write(text: string): void }
  readFile?(name: string, baseDir: string): string | null | Promise<string | null>
  writeFile?(name: string, contents: string | Uint8Array, baseDir: string): void | Promise<void>
  listFiles?(dirname: string, baseDir: string): string[] | null | Promise<string[] | null>
}
declare const asc: { main(argv: readonly string[], options?: AscOptions): Promise<AscResult> }
export default asc
