// How large a person is at each row of the picture, learned from the people who pass alone.
//
// On level ground seen by a camera that is not rolled, a person's height in pixels grows linearly with the row of the feet.

/** Samples that the model looks back on. */
const SAMPLES = 240;
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
  private count: i32 = 0;
  private seen: i32 = 0;
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

  /** Learns from a blob that stands alone and has the shape of a person. */
  observe(foot: f32, height: f32, width: f32, area: f32): void {
    const at = this.seen % SAMPLES;
    this.feet[at] = foot;
    this.heights[at] = height;
    this.widths[at] = width;
    this.areas[at] = area;
    this.seen += 1;
    this.count = min(SAMPLES, this.count + 1);
    if (this.count <= ENOUGH || this.seen % 6 == 0) this.fit();
  }

  /** A line through the samples by weighted least squares; samples far off it, such as parts of people, lose their weight. */
  private fit(): void {
    const lambda = SLOPE_SPREAD * this.pictureHeight * SLOPE_SPREAD * this.pictureHeight;
    this.offset = median(this.heights, this.count);
    this.slope = 0;
    for (let round = 0; round < 4; round++) {
      const tolerance: f32 = round == 0 ? 0.8 : 0.35;
      let total: f32 = 0;
      let sumFoot: f32 = 0;
      let sumHeight: f32 = 0;
      for (let i = 0; i < this.count; i++) {
        const weight = this.weight(i, tolerance);
        total += weight;
        sumFoot += weight * this.feet[i];
        sumHeight += weight * this.heights[i];
      }
      if (total < 0.5) return;
      const meanFoot = sumFoot / total;
      const meanHeight = sumHeight / total;
      let sxx: f32 = lambda * 4;
      let sxy: f32 = 0;
      for (let i = 0; i < this.count; i++) {
        const weight = this.weight(i, tolerance);
        const dx = this.feet[i] - meanFoot;
        sxx += weight * dx * dx;
        sxy += weight * dx * (this.heights[i] - meanHeight);
      }
      this.slope = max<f32>(0, sxy / sxx);
      this.offset = meanHeight - this.slope * meanFoot;
    }
    this.fitShape();
  }

  private fitShape(): void {
    const ratios = new Float32Array(this.count);
    const fills = new Float32Array(this.count);
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.weight(i, 0.3) == 0) continue;
      ratios[kept] = this.widths[i] / this.heights[i];
      fills[kept] = this.areas[i] / (this.widths[i] * this.heights[i]);
      kept += 1;
    }
    if (kept == 0) return;
    this.widthRatio = median(ratios, kept);
    this.fill = median(fills, kept);
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

function median(values: Float32Array, count: i32): f32 {
  const sorted = values.slice(0, count);
  sorted.sort();
  return sorted[count / 2];
}
