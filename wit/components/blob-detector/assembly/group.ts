// A blob that is too large for one person is covered with boxes of a person's size, best box first, until too little is left.
import { Blob, Foreground } from "./blobs";
import { PersonSize } from "./person-size";
import { Person } from "./person";

/** Share of a person's area that must be uncovered yet for one more: people behind others show at least this much. */
const LEAST_VISIBLE: f32 = 0.4;
/** Width of the box in which a person is looked for, in person widths; legs and arms stick out. */
const CORE_WIDTH: f32 = 0.8;
/** Width that a found person takes away, in person widths. */
const TAKEN_WIDTH: f32 = 1.1;
const MOST_PEOPLE = 32;

class Box {
  left: i32 = 0;
  top: i32 = 0;
  right: i32 = 0;
  bottom: i32 = 0;
}

export class Group {
  /** What is left to cover: sums over all pixels above and to the left (a summed-area table), in the blob's box. */
  private sums: Int32Array = new Int32Array(0);
  private left: Uint8Array = new Uint8Array(0);
  private columns: i32 = 0;
  private rows: i32 = 0;
  private box: Box = new Box();

  /** Adds the people that make up a blob. */
  cover(blob: Blob, foreground: Foreground, size: PersonSize, people: Array<Person>): void {
    this.load(blob, foreground);
    for (let found = 0; found < MOST_PEOPLE && people.length < 256; found++) {
      this.sum();
      const score = this.best(blob, size);
      if (score < LEAST_VISIBLE) {
        if (found == 0) people.push(new Person(blob.left, blob.top, blob.right, blob.bottom, 0.5));
        return;
      }
      const box = this.box;
      people.push(
        new Person(
          max(blob.left, blob.left + box.left),
          max(blob.top, blob.top + box.top),
          min(blob.right, blob.left + box.right),
          min(blob.bottom, blob.top + box.bottom),
          min<f32>(0.9, 0.4 + 0.5 * score),
        ),
      );
      this.take(box);
    }
  }

  private load(blob: Blob, foreground: Foreground): void {
    this.columns = blob.width;
    this.rows = blob.height;
    const size = this.columns * this.rows;
    if (this.left.length < size) {
      this.left = new Uint8Array(size);
      this.sums = new Int32Array((this.columns + 1) * (this.rows + 1));
    }
    if (this.sums.length < (this.columns + 1) * (this.rows + 1))
      this.sums = new Int32Array((this.columns + 1) * (this.rows + 1));
    for (let y = 0; y < this.rows; y++) {
      const row = (blob.top + y) * foreground.width + blob.left;
      for (let x = 0; x < this.columns; x++)
        unchecked((this.left[y * this.columns + x] = <u8>(foreground.labels[row + x] == blob.label)));
    }
  }

  private sum(): void {
    const stride = this.columns + 1;
    for (let x = 0; x <= this.columns; x++) unchecked((this.sums[x] = 0));
    for (let y = 0; y < this.rows; y++) {
      let line = 0;
      unchecked((this.sums[(y + 1) * stride] = 0));
      for (let x = 0; x < this.columns; x++) {
        line += <i32>unchecked(this.left[y * this.columns + x]);
        unchecked((this.sums[(y + 1) * stride + x + 1] = this.sums[y * stride + x + 1] + line));
      }
    }
  }

  /** Pixels left to cover in a box, cut to the blob. */
  private within(left: i32, top: i32, right: i32, bottom: i32): i32 {
    const x0 = max(0, left);
    const y0 = max(0, top);
    const x1 = min(this.columns, right + 1);
    const y1 = min(this.rows, bottom + 1);
    if (x1 <= x0 || y1 <= y0) return 0;
    const stride = this.columns + 1;
    return unchecked(
      this.sums[y1 * stride + x1] - this.sums[y0 * stride + x1] - this.sums[y1 * stride + x0] + this.sums[y0 * stride + x0],
    );
  }

  /** Puts the box of the most likely next person into `box`; its score is the visible share of a person's area. */
  private best(blob: Blob, size: PersonSize): f32 {
    let greatest: f32 = -1;
    let visible: f32 = 0;
    for (let foot = this.rows - 1; foot >= 4; foot -= 2) {
      const row = <f32>(blob.top + foot);
      const height = <i32>size.height(row);
      if (foot - height < -height / 2) break;
      const half = <i32>(size.width(row) * CORE_WIDTH * 0.5);
      const area = size.area(row);
      const middle = max(1, half / 2);
      const coreArea = <f32>(middle + middle + 1) * <f32>height;
      for (let x = 0; x < this.columns; x++) {
        const share = <f32>this.within(x - half, foot - height + 1, x + half, foot) / area;
        if (share < LEAST_VISIBLE) continue;
        // A person's middle is filled; the gap between two is not.
        const core = <f32>this.within(x - middle, foot - height + 1, x + middle, foot) / coreArea;
        const score = min<f32>(1.2, share) * (0.4 + core);
        if (score > greatest) {
          greatest = score;
          visible = share;
          this.box.left = x - half;
          this.box.right = x + half;
          this.box.top = foot - height + 1;
          this.box.bottom = foot;
        }
      }
    }
    return visible;
  }

  /** Removes what a found person covers. */
  private take(box: Box): void {
    const extra = <i32>(<f32>(box.right - box.left + 1) * (TAKEN_WIDTH / CORE_WIDTH - 1) * 0.5);
    for (let y = max(0, box.top); y <= min(this.rows - 1, box.bottom); y++) {
      for (let x = max(0, box.left - extra); x <= min(this.columns - 1, box.right + extra); x++)
        unchecked((this.left[y * this.columns + x] = 0));
    }
  }
}
