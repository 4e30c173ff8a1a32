import { RETURN_AREA, stringAt } from "./abi";
import { FrameSettings, frameSettingsAt } from "./frames";

// @ts-ignore: decorator
@external("ocelli:sensing/imager-control@0.1.0", "ranges")
declare function hostRanges(result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/imager-control@0.1.0", "requested")
declare function hostRequested(result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/imager-control@0.1.0", "set-exposure")
declare function hostSetExposure(exposureMicros: u32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/imager-control@0.1.0", "set-gain")
declare function hostSetGain(gainDecibels: f32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/imager-control@0.1.0", "set-frame-rate")
declare function hostSetFrameRate(frameRateMillihertz: u32, result: usize): void;

const OUT_OF_RANGE: u8 = 1;
const IMAGER_LOST: u8 = 2;

function failed(): bool {
  if (load<u8>(RETURN_AREA) == 0) return false;
  const kind = load<u8>(RETURN_AREA, 4);
  if (kind == OUT_OF_RANGE || kind == IMAGER_LOST) stringAt(RETURN_AREA + 8);
  return true;
}

/** What the imager can be set to. */
export class ControlRanges {
  constructor(
    public minExposureMicros: u32,
    public maxExposureMicros: u32,
    public minGainDecibels: f32,
    public maxGainDecibels: f32,
    public minFrameRateMillihertz: u32,
    public maxFrameRateMillihertz: u32,
    /** Frames from asking for an exposure or gain to the first frame that has it. */
    public exposureDelayFrames: u32,
  ) {}
}

/** The ranges in effect, or null where the imager does not answer. */
export function controlRanges(): ControlRanges | null {
  const at = RETURN_AREA;
  hostRanges(at);
  if (failed()) return null;
  return new ControlRanges(
    load<u32>(at, 4),
    load<u32>(at, 8),
    load<f32>(at, 12),
    load<f32>(at, 16),
    load<u32>(at, 20),
    load<u32>(at, 24),
    load<u32>(at, 36),
  );
}

/** The settings asked for last, or null where the imager does not answer. */
export function requestedSettings(): FrameSettings | null {
  hostRequested(RETURN_AREA);
  return failed() ? null : frameSettingsAt(RETURN_AREA + 4);
}

/** Asks for an exposure in microseconds; the value as rounded by the imager, or 0 where it was not taken. */
export function setExposure(exposureMicros: u32): u32 {
  hostSetExposure(exposureMicros, RETURN_AREA);
  return failed() ? 0 : load<u32>(RETURN_AREA, 4);
}

/** Asks for an analogue gain in decibels; the value as rounded by the imager, or NaN where it was not taken. */
export function setGain(gainDecibels: f32): f32 {
  hostSetGain(gainDecibels, RETURN_AREA);
  return failed() ? f32.NaN : load<f32>(RETURN_AREA, 4);
}

/** Asks for a frame rate in millihertz; the value as rounded by the imager, or 0 where it was not taken. */
export function setFrameRate(frameRateMillihertz: u32): u32 {
  hostSetFrameRate(frameRateMillihertz, RETURN_AREA);
  return failed() ? 0 : load<u32>(RETURN_AREA, 4);
}
