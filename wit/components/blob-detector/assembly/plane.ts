// Loops over whole pictures read and write memory by address: an array access costs a store to the collector's stack each time.
// A plane is the `dataStart` of an array that outlives the loop.

/** The number at an index of a plane of f32. */
// @ts-ignore: decorator
@inline
export function at(plane: usize, index: i32): f32 {
  return load<f32>(plane + (<usize>index << 2));
}

/** Puts a number at an index of a plane of f32. */
// @ts-ignore: decorator
@inline
export function put(plane: usize, index: i32, value: f32): void {
  store<f32>(plane + (<usize>index << 2), value);
}

/** The byte at an index of a plane of u8. */
// @ts-ignore: decorator
@inline
export function byteAt(plane: usize, index: i32): u8 {
  return load<u8>(plane + <usize>index);
}

/** Puts a byte at an index of a plane of u8. */
// @ts-ignore: decorator
@inline
export function putByte(plane: usize, index: i32, value: u8): void {
  store<u8>(plane + <usize>index, value);
}
