import { RETURN_AREA, stringAt } from "./abi";

// @ts-ignore: decorator
@external("wasi:config/store@0.2.0-draft", "get")
declare function hostGet(key: string, keyLength: i32, result: usize): void;

/** A configuration value as text, or null where it is not set. */
export function configText(key: string): string | null {
  hostGet(key, key.length, RETURN_AREA);
  if (load<u8>(RETURN_AREA) != 0) {
    stringAt(RETURN_AREA + 8);
    return null;
  }
  return load<u8>(RETURN_AREA, 4) == 0 ? null : stringAt(RETURN_AREA + 8);
}

/** A configuration value as a number within a range, or the default where it is not set, no number or out of range. */
export function configNumber(key: string, byDefault: f64, least: f64, greatest: f64): f64 {
  const text = configText(key);
  if (text == null) return byDefault;
  const value = parseFloat(text);
  return isFinite(value) && value >= least && value <= greatest ? value : byDefault;
}
