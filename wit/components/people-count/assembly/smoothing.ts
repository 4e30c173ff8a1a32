// The count over a short time: the middle of the counts seen, so that a single wrong frame does not show.

/** More counts than this are not looked back on. */
const MOST = 64;

export class Smoothing {
  private counts: Array<i32> = [];
  private times: Array<u64> = [];

  /** Adds the count of a frame; the median of the counts of the last `seconds`, the present one included. */
  add(count: i32, nanos: u64, seconds: f64): f64 {
    this.counts.push(count);
    this.times.push(nanos);
    while (this.times.length > 1 && (this.times.length > MOST || nanos - this.times[0] > <u64>(seconds * 1e9))) {
      this.times.shift();
      this.counts.shift();
    }
    const sorted = this.counts.slice();
    sorted.sort();
    return <f64>sorted[(sorted.length - 1) >> 1];
  }
}
