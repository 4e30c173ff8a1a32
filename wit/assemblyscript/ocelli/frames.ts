import { RETURN_AREA, stringAt, takeBytes } from "./abi";
import { PixelFormat, Region, regionAt } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "[method]frame.info")
declare function frameInfo(self: i32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "[method]frame.read")
declare function frameRead(self: i32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "[method]frame.read-region")
declare function frameReadRegion(self: i32, x: u32, y: u32, width: u32, height: u32, step: u32, result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "[resource-drop]frame")
declare function frameDrop(self: i32): void;
// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "latest")
declare function framesLatest(result: usize): void;
// @ts-ignore: decorator
@external("ocelli:sensing/frames@0.1.0", "next")
declare function framesNext(timeoutMillis: u32, result: usize): void;

/** The imager settings that a frame was taken with. */
export class FrameSettings {
  constructor(
    /** Exposure time in microseconds. */
    public exposureMicros: u32,
    /** Analogue gain in decibels. */
    public gainDecibels: f32,
    /** Part of the sensor that was read, in sensor pixels before binning. */
    public region: Region,
    /** Frame rate in millihertz. */
    public frameRateMillihertz: u32,
  ) {}
}

export function frameSettingsAt(address: usize): FrameSettings {
  return new FrameSettings(load<u32>(address), load<f32>(address, 4), regionAt(address + 8), load<u32>(address, 24));
}

/** What is known of a frame besides its pixels. */
export class FrameInfo {
  constructor(
    /** Number of the frame, from 0. */
    public sequence: u64,
    /** Start of the exposure in nanoseconds since the device booted. */
    public captureTimeNanos: u64,
    /** Width in pixels. */
    public width: i32,
    /** Height in pixels. */
    public height: i32,
    /** Layout of the bytes that `read` gives. */
    public format: PixelFormat,
    /** Frames that this instance missed since the one before. */
    public dropped: u32,
    /** Settings in effect when the frame was taken. */
    public settings: FrameSettings,
  ) {}
}

/** One picture. A frame given to `onFrame` or `detect` may be read until that call ends; one from `latest` or `next` until `drop`. */
export class Frame {
  constructor(
    /** The host's handle. */
    public readonly handle: i32,
  ) {}

  info(): FrameInfo {
    const at = RETURN_AREA;
    frameInfo(this.handle, at);
    return new FrameInfo(
      load<u64>(at),
      load<u64>(at, 8),
      load<u32>(at, 16),
      load<u32>(at, 20),
      load<u8>(at, 24),
      load<u32>(at, 28),
      frameSettingsAt(at + 32),
    );
  }

  /** All bytes in the frame's layout; `into` is used again where its length fits. */
  read(into: Uint8Array | null = null): Uint8Array {
    frameRead(this.handle, RETURN_AREA);
    return takeBytes(load<u32>(RETURN_AREA), load<u32>(RETURN_AREA, 4), into);
  }

  /** One luma byte for every `step`-th pixel of every `step`-th row of a region; null where the region leaves the frame. */
  readRegion(region: Region, step: u32, into: Uint8Array | null = null): Uint8Array | null {
    frameReadRegion(this.handle, region.x, region.y, region.width, region.height, step, RETURN_AREA);
    if (load<u8>(RETURN_AREA) == 0) return takeBytes(load<u32>(RETURN_AREA, 4), load<u32>(RETURN_AREA, 8), into);
    if (load<u8>(RETURN_AREA, 4) != 1) stringAt(RETURN_AREA + 8);
    return null;
  }

  /** Luma of the whole frame, one byte for every `step`-th pixel of every `step`-th row, whatever its layout. */
  readLuma(info: FrameInfo, step: u32, into: Uint8Array | null = null): Uint8Array {
    if (info.format == PixelFormat.Gray8 && step == 1) return this.read(into);
    const luma = this.readRegion(new Region(0, 0, info.width, info.height), step, into);
    assert(luma != null, "the whole frame is always a region of it");
    return luma!;
  }

  /** Gives a frame back to the pool; the bindings do this for frames given to a call. */
  drop(): void {
    frameDrop(this.handle);
  }
}

/** The newest frame that this instance has not had yet, or null. */
export function latestFrame(): Frame | null {
  framesLatest(RETURN_AREA);
  return load<u8>(RETURN_AREA) == 0 ? null : new Frame(load<i32>(RETURN_AREA, 4));
}

/** Waits up to 0 to 60000 milliseconds for a frame; null where none came or the imager is lost. */
export function nextFrame(timeoutMillis: u32): Frame | null {
  framesNext(timeoutMillis, RETURN_AREA);
  if (load<u8>(RETURN_AREA) == 0) return new Frame(load<i32>(RETURN_AREA, 4));
  if (load<u8>(RETURN_AREA, 4) != 1) stringAt(RETURN_AREA + 8);
  return null;
}
