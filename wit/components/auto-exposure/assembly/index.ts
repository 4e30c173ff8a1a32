// auto-exposure: brings the picture to a target brightness and holds it there.
//
// Settings take effect some frames late. A controller that compares the newest frame with what it asked for last would correct
// the same error once per frame of delay and swing. This one starts from the settings that the frame itself had (`frame.info`),
// so all frames of the delay lead to the same request, whatever the delay is.
import {
  Attribute, configNumber, ControlRanges, controlRanges, Frame, FrameInfo, publishEvent, publishMeasurement, setExposure,
  setGain, Severity,
} from "ocelli";
import { clippedShare, meanLuma, measure } from "./brightness";

/** The picture is left alone while its brightness is within this part of the target... */
const HOLD: f64 = 0.08;
/** ...and once that is left, corrected until it is within this part. Two limits, so that noise does not switch it on and off. */
const SETTLED: f64 = 0.03;
/** Largest correction in one step: beyond it the picture is clipped and says little about how far to go. */
const GREATEST_STEP: f64 = 4;
/** Share of clipped pixels above which the mean is too low an estimate of the light. */
const MUCH_CLIPPED: f64 = 0.2;
/** Requests that differ less than this from the one before are not made, as a part of it. */
const LEAST_CHANGE: f64 = 0.01;

let correcting: bool = true;
let askedExposure: f64 = 0;
let askedGain: f64 = -1;
let outOfRange: bool = false;
let publishedNanos: u64 = 0;

/** Sets exposure, then gain, and publishes `brightness`, `exposure` and `gain` every `publishEveryMs` (default 1000). */
export function onFrame(frame: Frame): string | null {
  const info = frame.info();
  measure(frame, info);
  const target = configNumber("targetLuma", 110, 10, 245);
  const ratio = target / max(1.0, meanLuma());
  const off = abs(Math.log(ratio));
  if (correcting ? off > SETTLED : off > HOLD) {
    correcting = true;
    const ranges = controlRanges();
    if (ranges == null) return "the imager does not answer";
    correct(info, ratio, ranges);
  } else {
    correcting = false;
  }
  publish(info);
  return null;
}

/** Asks for the light that would have brought this frame to the target. */
function correct(info: FrameInfo, ratio: f64, ranges: ControlRanges): void {
  let step = min(GREATEST_STEP, max(1 / GREATEST_STEP, ratio));
  if (clippedShare() > MUCH_CLIPPED) step = min(step, 0.5);
  const light = <f64>info.settings.exposureMicros * linear(info.settings.gainDecibels) * step;
  const longest = min(<f64>ranges.maxExposureMicros, configNumber("maxExposureMs", 33, 0.01, 10000) * 1000);
  const shortest = min(longest, <f64>ranges.minExposureMicros);
  // Exposure first: gain makes noise. Long exposures blur what moves, so `maxExposureMs` ends it.
  const leastGain = linear(ranges.minGainDecibels);
  const exposure = min(longest, max(shortest, light / leastGain));
  const gain = min(linear(ranges.maxGainDecibels), max(leastGain, light / exposure));
  ask(exposure, 20 * Math.log10(gain));
  tellRange(light > exposure * gain * 1.05, light < exposure * gain * 0.95);
}

function ask(exposure: f64, gainDecibels: f64): void {
  if (askedExposure == 0 || abs(exposure - askedExposure) > LEAST_CHANGE * askedExposure) {
    if (setExposure(<u32>Math.round(exposure)) != 0) askedExposure = exposure;
  }
  // A hundredth of the light is 0.09 dB.
  if (askedGain < 0 || abs(gainDecibels - askedGain) > 0.09) {
    if (!isNaN(setGain(<f32>gainDecibels))) askedGain = gainDecibels;
  }
}

/** Says once when the scene is darker or brighter than the imager can be set to. */
function tellRange(tooDark: bool, tooBright: bool): void {
  const now = tooDark || tooBright;
  if (now && !outOfRange)
    publishEvent("exposure-out-of-range", Severity.Warning, [Attribute.word("scene", tooDark ? "too-dark" : "too-bright")]);
  outOfRange = now;
}

function publish(info: FrameInfo): void {
  const everyNanos = <u64>(configNumber("publishEveryMs", 1000, 0, 3600000) * 1e6);
  if (publishedNanos != 0 && info.captureTimeNanos - publishedNanos < everyNanos) return;
  publishedNanos = info.captureTimeNanos;
  publishMeasurement("brightness", "1", meanLuma());
  publishMeasurement("exposure", "us", <f64>info.settings.exposureMicros);
  publishMeasurement("gain", "dB", <f64>info.settings.gainDecibels);
}

/** Gain as a factor. */
function linear(decibels: f32): f64 {
  return Math.pow(10, <f64>decibels / 20);
}
