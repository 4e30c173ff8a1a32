// How large a person is at each row of the picture, learned from the people who pass alone.
//
// On level ground seen by a camera that is not rolled, a person's height in pixels grows linearly with the row of the feet.

/** The picture's height is cut into bands, so that the few who pass far off count as much as the many who pass close by. */
const BANDS = 10;
/** Samples that the model looks back on in each band. */
const BAND_SAMPLES = 24;
const SAMPLES = BANDS * BAND_SAMPLES;
/** Samples from which a band is believed: fewer may be parts of one person. */
const BAND_ENOUGH = 4;
/** Samples from which the model is trusted. */
const ENOUGH = 12;
/** Height over width of a person who stands or walks alone. */
export const LEAST_ASPECT: f32 = 1.6;
export const GREATEST_ASPECT: f32 = 4.5;
/** Spread of foot rows, in picture heights, below which the slope is held near 0. */
const SLOPE_SPREAD: f32 = 0.05;

export class PersonSize {
  private feet: Float32Array = new Float32Array(SAMPLES);
  private heights: Float32Array = new Float32Array(SAMPLES);
  private widths: Float32Array = new Float32Array(SAMPLES);
  private areas: Float32Array = new Float32Array(SAMPLES);
  /** Samples that came into each band so far. */
  private seen: StaticArray<i32> = new StaticArray<i32>(BANDS);
  private count: i32 = 0;
  private offset: f32 = 0;
  private slope: f32 = 0;
  /** Width over height. */
  widthRatio: f32 = 0.4;
  /** Share of the box that is foreground. */
  fill: f32 = 0.6;

  constructor(
    private readonly pictureHeight: f32,
    private readonly leastHeight: f32,
  ) {}

  get trained(): bool {
    return this.count >= ENOUGH;
  }

  /** Height in pixels of a person whose feet are at a row. */
  height(foot: f32): f32 {
    return max<f32>(this.leastHeight, this.offset + this.slope * foot);
  }

  width(foot: f32): f32 {
    return this.height(foot) * this.widthRatio;
  }

  /** Foreground pixels of a person whose feet are at a row. */
  area(foot: f32): f32 {
    return this.height(foot) * this.width(foot) * this.fill;
  }

  /** Whether people have been seen at a row or close to it, so that the size there is no mere guess. */
  known(foot: f32): bool {
    const band = this.bandOf(foot);
    return this.believed(band) || this.believed(max(0, band - 1)) || this.believed(min(BANDS - 1, band + 1));
  }

  /** Learns from a blob that stands alone and has the shape of a person. */
  observe(foot: f32, height: f32, width: f32, area: f32): void {
    const band = this.bandOf(foot);
    const at = band * BAND_SAMPLES + (this.seen[band] % BAND_SAMPLES);
    this.feet[at] = foot;
    this.heights[at] = height;
    this.widths[at] = width;
    this.areas[at] = area;
    this.seen[band] += 1;
    this.count += 1;
    if (this.count <= ENOUGH || this.count % 6 == 0) this.fit();
  }

  private bandOf(foot: f32): i32 {
    return max(0, min(BANDS - 1, <i32>((foot / this.pictureHeight) * <f32>BANDS)));
  }

  private held(band: i32): i32 {
    return min(BAND_SAMPLES, this.seen[band]);
  }

  private believed(band: i32): bool {
    return this.seen[band] >= BAND_ENOUGH;
  }

  /** A line through the medians of the bands, then through the samples near it; parts of people and groups lose their weight. */
  private fit(): void {
    this.fitLine(0);
    for (let round = 0; round < 3; round++) this.fitLine(0.35);
    this.fitShape();
  }

  /** Weighted least squares; a tolerance of 0 takes the bands' medians instead of their samples. */
  private fitLine(tolerance: f32): void {
    let total: f32 = 0;
    let sumFoot: f32 = 0;
    let sumHeight: f32 = 0;
    let sumFootFoot: f32 = 0;
    let sumFootHeight: f32 = 0;
    const few = this.count < ENOUGH;
    for (let band = 0; band < BANDS; band++) {
      const held = this.held(band);
      if (held == 0 || (!few && !this.believed(band))) continue;
      const first = band * BAND_SAMPLES;
      const middle = tolerance == 0 ? median(this.heights, first, held) : 0;
      for (let i = first; i < first + held; i++) {
        // All bands weigh the same once they hold some samples.
        const weight = (tolerance == 0 ? <f32>1 : this.weight(i, tolerance)) / <f32>max(held, 8);
        const foot = this.feet[i];
        const height = tolerance == 0 ? middle : this.heights[i];
        total += weight;
        sumFoot += weight * foot;
        sumHeight += weight * height;
        sumFootFoot += weight * foot * foot;
        sumFootHeight += weight * foot * height;
      }
    }
    if (total < 0.05) return;
    const meanFoot = sumFoot / total;
    const meanHeight = sumHeight / total;
    const spread = SLOPE_SPREAD * this.pictureHeight;
    const sxx = sumFootFoot - total * meanFoot * meanFoot + spread * spread * <f32>0.5;
    const sxy = sumFootHeight - total * meanFoot * meanHeight;
    this.slope = max<f32>(0, sxy / sxx);
    this.offset = meanHeight - this.slope * meanFoot;
  }

  private fitShape(): void {
    const ratios = new Float32Array(SAMPLES);
    const fills = new Float32Array(SAMPLES);
    let kept = 0;
    for (let band = 0; band < BANDS; band++) {
      const first = band * BAND_SAMPLES;
      for (let i = first; i < first + this.held(band); i++) {
        if (this.weight(i, 0.3) == 0) continue;
        ratios[kept] = this.widths[i] / this.heights[i];
        fills[kept] = this.areas[i] / (this.widths[i] * this.heights[i]);
        kept += 1;
      }
    }
    if (kept == 0) return;
    this.widthRatio = median(ratios, 0, kept);
    this.fill = median(fills, 0, kept);
  }

  /** Tukey's biweight of the relative residual. */
  private weight(i: i32, tolerance: f32): f32 {
    const expected = max<f32>(1, this.offset + this.slope * this.feet[i]);
    const residual = (this.heights[i] - expected) / (expected * tolerance);
    if (abs(residual) >= 1) return 0;
    const remaining: f32 = 1 - residual * residual;
    return remaining * remaining;
  }
}

function median(values: Float32Array, first: i32, count: i32): f32 {
  const sorted = values.slice(first, first + count);
  sorted.sort();
  return sorted[count / 2];
}
