import { RETURN_AREA, stringAt, takeBytes } from "./abi";

// @ts-ignore: decorator
@external("ocelli:sensing/state@0.1.0", "get")
declare function hostGet(key: string, keyLength: i32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/state@0.1.0", "set")
declare function hostSet(key: string, keyLength: i32, value: usize, valueLength: i32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/state@0.1.0", "delete")
declare function hostDelete(key: string, keyLength: i32, result: usize): void;

const FAILED: u8 = 2;

function failed(): bool {
  if (load<u8>(RETURN_AREA) == 0) return false;
  if (load<u8>(RETURN_AREA, 4) == FAILED) stringAt(RETURN_AREA + 8);
  return true;
}

/** The value kept under a key, or null where there is none or it could not be read. */
export function getState(key: string): Uint8Array | null {
  hostGet(key, key.length, RETURN_AREA);
  if (failed() || load<u8>(RETURN_AREA, 4) == 0) return null;
  return takeBytes(load<u32>(RETURN_AREA, 8), load<u32>(RETURN_AREA, 12), null);
}

/** Keeps a value of at most 65536 bytes under a key; whether it was taken. */
export function setState(key: string, value: Uint8Array): bool {
  hostSet(key, key.length, value.dataStart, value.length, RETURN_AREA);
  return !failed();
}

/** Forgets a key; whether that could be done. */
export function deleteState(key: string): bool {
  hostDelete(key, key.length, RETURN_AREA);
  return !failed();
}
