import { putString, stringAt } from "./abi";

/** A rectangle of pixels; the origin is the top left corner. */
export class Region {
  constructor(
    public x: u32,
    public y: u32,
    public width: u32,
    public height: u32,
  ) {}
}

/** How the bytes of a frame are laid out (`types.pixel-format`). */
export enum PixelFormat {
  Gray8,
  Gray10,
  Rgb8,
  BayerRggb8,
  BayerRggb10,
  BayerRggb10Packed,
  Yuv420,
}

/** One thing that a detector saw: class, score from 0 to 1, box in pixels of the frame. */
export class Detection {
  constructor(
    public className: string,
    public score: f32,
    public box: Region,
  ) {}
}

/** Bytes of one detection in memory. */
export const DETECTION_SIZE: usize = 28;

export function putDetection(address: usize, detection: Detection): void {
  putString(address, detection.className);
  store<f32>(address, detection.score, 8);
  store<u32>(address, detection.box.x, 12);
  store<u32>(address, detection.box.y, 16);
  store<u32>(address, detection.box.width, 20);
  store<u32>(address, detection.box.height, 24);
}

export function detectionAt(address: usize): Detection {
  return new Detection(stringAt(address), load<f32>(address, 8), regionAt(address + 12));
}

export function regionAt(address: usize): Region {
  return new Region(load<u32>(address), load<u32>(address, 4), load<u32>(address, 8), load<u32>(address, 12));
}

/** Why the host did not take a record. */
export enum OutputErrorKind {
  /** A rule is broken; `text` says which. */
  Invalid,
  /** The output budget is used up; `number` is milliseconds until there is room. */
  OverBudget,
  /** The record is too large; `number` is the limit in bytes. */
  TooLarge,
}

export class OutputError {
  constructor(
    public kind: OutputErrorKind,
    public text: string,
    public number: u32,
  ) {}
}

/** Reads a `result<_, output-error>`; null where the record was taken. */
export function outputErrorAt(address: usize): OutputError | null {
  if (load<u8>(address) == 0) return null;
  const kind: OutputErrorKind = load<u8>(address, 4);
  if (kind == OutputErrorKind.Invalid) return new OutputError(kind, stringAt(address + 8), 0);
  return new OutputError(kind, "", load<u32>(address, 8));
}
