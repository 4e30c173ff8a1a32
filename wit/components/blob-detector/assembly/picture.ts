// The picture that all later steps look at: luma, at most MAX_WIDTH pixels wide, slightly smoothed.
import { Frame, FrameInfo } from "ocelli";
import { at, byteAt, put } from "./plane";

/** Wide enough that a person of 1/12 of the picture's height is some 20 pixels high; wider costs time and brings noise. */
const MAX_WIDTH = 400;

/** Scale up to which a frame is read whole: 1200 pixels wide. */
const LARGEST_WHOLE_SCALE = 3;

export class Picture {
  width: i32 = 0;
  height: i32 = 0;
  /** Frame pixels per pixel of this picture, both ways. */
  scale: i32 = 1;
  /** Luma from 0 to 255, row after row. */
  pixels: Float32Array = new Float32Array(0);
  private scratch: Float32Array = new Float32Array(0);
  private luma: Uint8Array | null = null;

  /** Takes a frame; whether the size is another than before. */
  take(frame: Frame, info: FrameInfo): bool {
    let scale = (info.width + MAX_WIDTH - 1) / MAX_WIDTH;
    // Of large frames only every step-th pixel is read: means of 2 x 2 of those are smooth enough, and memory stays small.
    const step = scale <= LARGEST_WHOLE_SCALE ? 1 : (scale + 1) / 2;
    if (step > 1) scale = 2 * step;
    const width = info.width / scale;
    const height = info.height / scale;
    const resized = width != this.width || height != this.height || scale != this.scale;
    if (resized) {
      this.width = width;
      this.height = height;
      this.scale = scale;
      this.pixels = new Float32Array(width * height);
      this.scratch = new Float32Array(width * height);
    }
    const luma = frame.readLuma(info, step, this.luma);
    this.luma = luma;
    this.average(luma, (info.width + step - 1) / step, scale / step);
    this.smooth();
    return resized;
  }

  /** Means of scale x scale pixels: less noise than leaving pixels out. */
  private average(luma: Uint8Array, stride: i32, scale: i32): void {
    const factor: f32 = 1.0 / <f32>(scale * scale);
    const from = luma.dataStart;
    const to = this.scratch.dataStart;
    const width = this.width;
    const height = this.height;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum: i32 = 0;
        const corner = y * scale * stride + x * scale;
        for (let dy = 0; dy < scale; dy++) {
          const row = corner + dy * stride;
          for (let dx = 0; dx < scale; dx++) sum += <i32>byteAt(from, row + dx);
        }
        put(to, y * width + x, <f32>sum * factor);
      }
    }
  }

  /** A 3 x 3 binomial filter (1 2 1 both ways): quarters the noise' variance and keeps outlines. */
  private smooth(): void {
    const width = this.width;
    const height = this.height;
    const from = this.scratch.dataStart;
    const to = this.pixels.dataStart;
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const above = y > 0 ? row - width : row;
      const below = y < height - 1 ? row + width : row;
      // Sums of three rows, moved along: each column is added once.
      let left = column(from, above, row, below, 0);
      let middle = left;
      for (let x = 0; x < width; x++) {
        const right = x < width - 1 ? column(from, above, row, below, x + 1) : middle;
        put(to, row + x, (left + middle + middle + right) * <f32>0.0625);
        left = middle;
        middle = right;
      }
    }
  }
}

/** 1 2 1 down a column of three rows. */
// @ts-ignore: decorator
@inline
function column(plane: usize, above: i32, row: i32, below: i32, x: i32): f32 {
  const centre = at(plane, row + x);
  return at(plane, above + x) + centre + centre + at(plane, below + x);
}
