// How values cross between AssemblyScript and the host: the canonical ABI of the Component Model with UTF-16 strings.
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md

/** Room for what a host function returns through memory; read at once, so one area does for all. */
export const RETURN_AREA: usize = memory.data(64, 8);

/** A string that the host put into memory; its bytes are released. */
export function takeString(pointer: usize, length: i32): string {
  if (length == 0) return "";
  const text = String.UTF16.decodeUnsafe(pointer, (<usize>length) << 1);
  heap.free(pointer);
  return text;
}

/** Bytes that the host put into memory, copied to `into` where it has that length, else to a new array; the host's copy is released. */
export function takeBytes(pointer: usize, length: i32, into: Uint8Array | null): Uint8Array {
  const bytes = into != null && into.length == length ? into : new Uint8Array(length);
  if (length > 0) {
    memory.copy(bytes.dataStart, pointer, length);
    heap.free(pointer);
  }
  return bytes;
}

/** The text of a `string` at an address. */
export function stringAt(address: usize): string {
  return takeString(load<u32>(address), load<u32>(address, 4));
}

/** Puts a `string` at an address; it is read before this code runs again, so the text needs no copy. */
export function putString(address: usize, text: string): void {
  store<u32>(address, changetype<usize>(text));
  store<u32>(address, text.length, 4);
}

/** Called by the host when it needs memory for a value that it passes in. */
export function cabiRealloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  if (size == 0) return align;
  return old == 0 ? heap.alloc(size) : heap.realloc(old, size);
}

/** Puts a `result<_, string>` where the host reads it; null means ok. */
export function putResult(error: string | null): usize {
  store<u8>(RETURN_AREA, error == null ? 0 : 1);
  if (error != null) putString(RETURN_AREA + 4, error);
  return RETURN_AREA;
}
