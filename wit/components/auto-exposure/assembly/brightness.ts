// How bright a frame is.
import { Frame, FrameInfo } from "ocelli";

/** Pixels that are looked at across the frame: the mean of some 3,000 is steady to a fraction of a luma step. */
const COLUMNS = 64;
/** Luma from which a pixel counts as clipped. */
const CLIPPED: u8 = 250;

let pixels: Uint8Array | null = null;
let mean: f64 = 0;
let clipped: f64 = 0;

/** Reads a frame; `meanLuma` and `clippedShare` speak of it from then on. */
export function measure(frame: Frame, info: FrameInfo): void {
  const luma = frame.readLuma(info, min(64, max(1, info.width / COLUMNS)), pixels);
  pixels = luma;
  let sum: f64 = 0;
  let over: i32 = 0;
  for (let i = 0; i < luma.length; i++) {
    const value = unchecked(luma[i]);
    sum += <f64>value;
    if (value >= CLIPPED) over += 1;
  }
  const count = <f64>max(1, luma.length);
  mean = sum / count;
  clipped = <f64>over / count;
}

/** Mean luma, from 0 to 255. */
export function meanLuma(): f64 {
  return mean;
}

/** Share of pixels at the upper end, from 0 to 1. */
export function clippedShare(): f64 {
  return clipped;
}
