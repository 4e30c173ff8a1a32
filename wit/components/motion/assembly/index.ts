// motion: which part of the picture changes, as a number from 0 to 1.
import { configNumber, Frame, FrameInfo, publishMeasurement } from "ocelli";

/** Pixels that are looked at across the picture; motion needs no more, and fewer cost less. */
const COLUMNS = 160;
/** A difference counts as motion from this many standard deviations of the noise: at 5, noise alone is below 1 in a million pixels. */
const NOISE_FACTOR: f32 = 5;
/** Least threshold in luma steps: quantisation and compression make steps of 1 to 3. */
const LEAST_THRESHOLD: f32 = 6;
/** 1.4826 makes a standard deviation of the median of absolute deviations of normal noise. */
const MEDIAN_TO_SIGMA: f32 = 1.4826;

let pixels: Uint8Array | null = null;
let before: Float32Array | null = null;
let histogram = new StaticArray<i32>(256);
let sum: f64 = 0;
let frames: i32 = 0;
let publishedNanos: u64 = 0;

/** Publishes `motion`, the mean share of pixels that changed, once in `publishEveryMs` (default 1000). */
export function onFrame(frame: Frame): string | null {
  const info = frame.info();
  sum += changedShare(frame, info);
  frames += 1;
  const everyNanos = <u64>(configNumber("publishEveryMs", 1000, 0, 3600000) * 1e6);
  if (publishedNanos != 0 && info.captureTimeNanos - publishedNanos < everyNanos) return null;
  publishMeasurement("motion", "1", sum / <f64>frames);
  publishedNanos = info.captureTimeNanos;
  sum = 0;
  frames = 0;
  return null;
}

/** Share of pixels that differ from the running mean by more than noise and a change of light explain. */
function changedShare(frame: Frame, info: FrameInfo): f64 {
  const step = max(1, info.width / COLUMNS);
  const now = frame.readLuma(info, step, pixels);
  pixels = now;
  const count = now.length;
  let mean = before;
  if (mean == null || mean.length != count) {
    mean = new Float32Array(count);
    for (let i = 0; i < count; i++) unchecked((mean[i] = <f32>now[i]));
    before = mean;
    return 0;
  }
  const light = lightRatio(now, mean);
  const threshold = max(LEAST_THRESHOLD, NOISE_FACTOR * MEDIAN_TO_SIGMA * <f32>medianDifference(now, mean, light));
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const difference = <f32>unchecked(now[i]) - light * unchecked(mean[i]);
    if (abs(difference) > threshold) changed += 1;
    unchecked((mean[i] += (<f32>now[i] - mean[i]) * 0.25));
  }
  return <f64>changed / <f64>count;
}

/** How much brighter the picture is as a whole, so that a cloud or an exposure step is no motion. */
function lightRatio(now: Uint8Array, mean: Float32Array): f32 {
  let sumNow: f64 = 0;
  let sumMean: f64 = 0;
  for (let i = 0; i < now.length; i++) {
    sumNow += <f64>unchecked(now[i]);
    sumMean += <f64>unchecked(mean[i]);
  }
  return sumMean > 0 ? <f32>(sumNow / sumMean) : 1;
}

/** The median of absolute differences: half of the pixels hardly move, so this is the noise, not the motion. */
function medianDifference(now: Uint8Array, mean: Float32Array, light: f32): i32 {
  histogram.fill(0);
  for (let i = 0; i < now.length; i++) {
    const difference = <i32>abs(<f32>unchecked(now[i]) - light * unchecked(mean[i]));
    unchecked((histogram[min(difference, 255)] += 1));
  }
  let seen = 0;
  for (let level = 0; level < 256; level++) {
    seen += unchecked(histogram[level]);
    if (seen * 2 >= now.length) return level;
  }
  return 255;
}
