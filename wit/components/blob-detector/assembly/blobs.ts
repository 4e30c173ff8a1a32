// Connected parts of the foreground.
import { CERTAIN_FACTOR } from "./background";
import { at, byteAt, putByte } from "./plane";

/** How far, in pixels, a weak difference may be from one beyond doubt. */
const REACH = 2;

export class Blob {
  left: i32 = i32.MAX_VALUE;
  top: i32 = i32.MAX_VALUE;
  right: i32 = -1;
  bottom: i32 = -1;
  area: i32 = 0;
  /** Pixels whose difference is beyond doubt. */
  certain: i32 = 0;

  constructor(public label: i32) {}

  get width(): i32 {
    return this.right - this.left + 1;
  }

  get height(): i32 {
    return this.bottom - this.top + 1;
  }

  add(x: i32, y: i32): void {
    this.left = min(this.left, x);
    this.right = max(this.right, x);
    this.top = min(this.top, y);
    this.bottom = max(this.bottom, y);
    this.area += 1;
  }

  /** Takes over the extent of another part. */
  join(other: Blob): void {
    this.left = min(this.left, other.left);
    this.right = max(this.right, other.right);
    this.top = min(this.top, other.top);
    this.bottom = max(this.bottom, other.bottom);
    this.area += other.area;
    this.certain += other.certain;
  }
}

export class Foreground {
  /** Label of each pixel's blob, 0 for background. */
  labels: Int32Array;
  blobs: Array<Blob> = [];
  private mask: Uint8Array;
  private near: Uint8Array;
  private across: Uint8Array;
  private stack: Int32Array;

  constructor(
    public readonly width: i32,
    public readonly height: i32,
  ) {
    this.labels = new Int32Array(width * height);
    this.mask = new Uint8Array(width * height);
    this.near = new Uint8Array(width * height);
    this.across = new Uint8Array(width * height);
    this.stack = new Int32Array(width * height);
  }

  /** Finds the parts of the picture that differ from the background: at least `leastArea` pixels, some beyond doubt. */
  find(excess: Float32Array, leastArea: i32): void {
    this.clean(excess);
    this.labels.fill(0);
    this.blobs = [];
    let label = 0;
    for (let start = 0; start < this.mask.length; start++) {
      if (unchecked(this.mask[start]) == 0 || unchecked(this.labels[start]) != 0) continue;
      label += 1;
      const blob = new Blob(label);
      this.fill(start, blob, excess);
      if (blob.area >= leastArea && blob.certain * 5 >= blob.area) this.blobs.push(blob);
      else this.erase(blob);
    }
  }

  /** Removes a blob from the labels. */
  erase(blob: Blob): void {
    for (let y = blob.top; y <= blob.bottom; y++) {
      for (let x = blob.left; x <= blob.right; x++) {
        const here = y * this.width + x;
        if (unchecked(this.labels[here]) == blob.label) {
          unchecked((this.labels[here] = 0));
          unchecked((this.mask[here] = 0));
        }
      }
    }
  }

  /**
   * A pixel is foreground where it differs close to one that differs beyond doubt, and at least 4 of the 9 around and with it
   * do so too: specks and the soft shadows around feet go, small holes close.
   */
  private clean(excess: Float32Array): void {
    this.findNear(excess.dataStart);
    const width = this.width;
    const height = this.height;
    const near = this.near.dataStart;
    const mask = this.mask.dataStart;
    this.mask.fill(0);
    for (let y = 1; y < height - 1; y++) {
      const row = y * width;
      let left = votes(near, row, width);
      let middle = votes(near, row + 1, width);
      for (let x = 1; x < width - 1; x++) {
        const right = votes(near, row + x + 1, width);
        putByte(mask, row + x, <u8>(left + middle + right >= 4));
        left = middle;
        middle = right;
      }
    }
  }

  /** Marks pixels that differ and have one that differs beyond doubt within REACH. */
  private findNear(excess: usize): void {
    const width = this.width;
    const height = this.height;
    const across = this.across.dataStart;
    const near = this.near.dataStart;
    for (let y = 0; y < height; y++) {
      const row = y * width;
      let since = REACH + 1;
      for (let x = 0; x < width; x++) {
        since = at(excess, row + x) >= CERTAIN_FACTOR ? 0 : since + 1;
        putByte(across, row + x, <u8>(since <= REACH));
      }
      since = REACH + 1;
      for (let x = width - 1; x >= 0; x--) {
        since = at(excess, row + x) >= CERTAIN_FACTOR ? 0 : since + 1;
        if (since <= REACH) putByte(across, row + x, 1);
      }
    }
    for (let y = 0; y < height; y++) {
      const first = max(0, y - REACH) * width;
      const last = min(height - 1, y + REACH) * width;
      for (let x = 0; x < width; x++) {
        const here = y * width + x;
        let found: u8 = 0;
        if (at(excess, here) >= 1) {
          for (let other = first; other <= last; other += width) found |= byteAt(across, other + x);
        }
        putByte(near, here, found);
      }
    }
  }

  /** Labels all pixels that touch `start`, diagonally too. */
  private fill(start: i32, blob: Blob, excess: Float32Array): void {
    const width = this.width;
    let depth = 0;
    unchecked((this.stack[depth++] = start));
    unchecked((this.labels[start] = blob.label));
    while (depth > 0) {
      const here = unchecked(this.stack[--depth]);
      const y = here / width;
      const x = here - y * width;
      blob.add(x, y);
      if (unchecked(excess[here]) >= CERTAIN_FACTOR) blob.certain += 1;
      for (let ny = max(0, y - 1); ny <= min(this.height - 1, y + 1); ny++) {
        for (let nx = max(0, x - 1); nx <= min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (unchecked(this.mask[next]) == 0 || unchecked(this.labels[next]) != 0) continue;
          unchecked((this.labels[next] = blob.label));
          unchecked((this.stack[depth++] = next));
        }
      }
    }
  }
}

/** How many of a pixel and those above and below it are marked. */
// @ts-ignore: decorator
@inline
function votes(plane: usize, index: i32, width: i32): i32 {
  return <i32>byteAt(plane, index - width) + <i32>byteAt(plane, index) + <i32>byteAt(plane, index + width);
}
