// Publishes the mean luma of each frame.
import { Frame, publishMeasurement } from "ocelli";

let pixels: Uint8Array | null = null;

/** Called with each frame; a text is an error, null is none. */
export function onFrame(frame: Frame): string | null {
  const luma = frame.readLuma(frame.info(), 1, pixels);
  pixels = luma;
  let sum: f64 = 0;
  for (let i = 0; i < luma.length; i++) sum += <f64>luma[i];
  publishMeasurement("brightness", "1", sum / <f64>max(1, luma.length));
  return null;
}
