// What the scene looks like without people: for each pixel a mean and a variance that follow slow changes.
import { Picture } from "./picture";
import { at, put } from "./plane";

/** Time in which the background follows the light, in seconds. */
const FOLLOW_SECONDS: f32 = 20;
/** While the scene is new: a value that stays this long is taken as background, in seconds. */
const LEARN_STABLE_SECONDS: f32 = 2;
/** How long the scene counts as new, in seconds. */
const LEARN_SECONDS: f32 = 4;
/** Later on: a thing that stands still this long becomes background, in seconds. People wait for minutes. */
const ABSORB_SECONDS: f32 = 60;
/** Least difference that counts, in luma steps: compression and quantisation make up to 4. */
const LEAST_DIFFERENCE: f32 = 9;
/** Differences count from this many standard deviations: 1 in 10,000 pixels by chance. */
const SIGMA_FACTOR: f32 = 4;
/** A part of the foreground must somewhere exceed this multiple of its threshold. */
export const CERTAIN_FACTOR: f32 = 2;
/** 1.4826 makes a standard deviation of the median of absolute deviations of normal noise. */
const MEDIAN_TO_SIGMA: f32 = 1.4826;

/** Bins of the histograms. */
const BINS = 512;

export class Background {
  mean: Float32Array;
  /** How far the picture is from the background, as a multiple of the pixel's threshold. */
  excess: Float32Array;
  /** Seconds since the first frame. */
  ageSeconds: f32 = 0;
  /** Brightness of the picture as a whole against the background. */
  light: f32 = 1;
  private variance: Float32Array;
  private candidate: Float32Array;
  private candidateSeconds: Float32Array;
  private histogram: StaticArray<i32> = new StaticArray<i32>(BINS);

  constructor(private readonly size: i32) {
    this.mean = new Float32Array(size);
    this.excess = new Float32Array(size);
    this.variance = new Float32Array(size);
    this.candidate = new Float32Array(size);
    this.candidateSeconds = new Float32Array(size);
  }

  /** Takes the first picture as it is. */
  start(picture: Picture): void {
    for (let i = 0; i < this.size; i++) {
      const value = unchecked(picture.pixels[i]);
      unchecked((this.mean[i] = value));
      unchecked((this.candidate[i] = value));
      unchecked((this.variance[i] = 4));
    }
  }

  /** Whether the scene has been seen long enough to tell people from it. */
  get ready(): bool {
    return this.ageSeconds >= LEARN_SECONDS * 0.5;
  }

  /** Compares a picture taken `seconds` after the one before, then follows it where it shows the background. */
  update(picture: Picture, seconds: f32): void {
    this.ageSeconds += seconds;
    this.light = this.measureLight(picture.pixels);
    const floor = this.noiseFloor(picture.pixels);
    const learning = this.ageSeconds < LEARN_SECONDS;
    const stableSeconds = learning ? LEARN_STABLE_SECONDS : ABSORB_SECONDS;
    const rate: f32 = min<f32>(0.5, seconds / min<f32>(FOLLOW_SECONDS, max<f32>(this.ageSeconds, 0.5)));
    const pixels = picture.pixels.dataStart;
    const means = this.mean.dataStart;
    const variances = this.variance.dataStart;
    const candidates = this.candidate.dataStart;
    const candidateSeconds = this.candidateSeconds.dataStart;
    const excesses = this.excess.dataStart;
    const dim: f32 = 1 / this.light;
    const size = this.size;
    for (let i = 0; i < size; i++) {
      const value = at(pixels, i) * dim;
      const mean = at(means, i);
      const variance = at(variances, i);
      const difference = value - mean;
      const threshold = max<f32>(LEAST_DIFFERENCE, SIGMA_FACTOR * max<f32>(floor, sqrt(variance)));
      const excess = abs(difference) / threshold;
      put(excesses, i, excess);
      if (excess < 1) {
        put(means, i, mean + rate * difference);
        put(variances, i, variance + rate * (difference * difference - variance));
        put(candidateSeconds, i, 0);
        continue;
      }
      // Foreground: it becomes background only where it stays the same for long.
      const candidate = at(candidates, i);
      const step = value - candidate;
      if (abs(step) < threshold) {
        const stable = at(candidateSeconds, i) + seconds;
        put(candidates, i, candidate + <f32>0.2 * step);
        put(candidateSeconds, i, stable);
        if (stable >= stableSeconds) this.replace(i, candidate + <f32>0.2 * step);
      } else {
        put(candidates, i, value);
        put(candidateSeconds, i, 0);
      }
    }
  }

  /** Takes what the picture shows at a pixel as background, at once. */
  accept(picture: Picture, pixel: i32): void {
    this.replace(pixel, unchecked(picture.pixels[pixel]) / this.light);
  }

  private replace(pixel: i32, value: f32): void {
    unchecked((this.mean[pixel] = value));
    unchecked((this.variance[pixel] = 4));
    unchecked((this.candidateSeconds[pixel] = 0));
    unchecked((this.excess[pixel] = 0));
  }

  /** Median of picture / background: clouds, lamps and exposure steps change all pixels alike, people only some. */
  private measureLight(picture: Float32Array): f32 {
    this.histogram.fill(0);
    const histogram = changetype<usize>(this.histogram);
    const pixels = picture.dataStart;
    const means = this.mean.dataStart;
    const size = this.size;
    let counted = 0;
    for (let i = 0; i < size; i += 3) {
      const mean = at(means, i);
      const value = at(pixels, i);
      if (mean < 16 || value > 250) continue;
      count(histogram, <i32>((value / mean) * 128));
      counted += 1;
    }
    if (counted < 100) return 1;
    return max<f32>(0.1, this.quantile(counted) / 128);
  }

  /** Standard deviation of the noise of the whole picture, in luma steps. */
  private noiseFloor(picture: Float32Array): f32 {
    this.histogram.fill(0);
    const histogram = changetype<usize>(this.histogram);
    const pixels = picture.dataStart;
    const means = this.mean.dataStart;
    const dim: f32 = 1 / this.light;
    const size = this.size;
    let counted = 0;
    for (let i = 0; i < size; i += 3) {
      count(histogram, <i32>(abs(at(pixels, i) * dim - at(means, i)) * 16));
      counted += 1;
    }
    return (MEDIAN_TO_SIGMA * this.quantile(counted)) / 16;
  }

  /** The median of the histogram, with the place inside of its bin. */
  private quantile(counted: i32): f32 {
    let seen = 0;
    const half = counted / 2;
    for (let bin = 0; bin < BINS; bin++) {
      const here = unchecked(this.histogram[bin]);
      if (seen + here > half) return <f32>bin + <f32>(half - seen) / <f32>here;
      seen += here;
    }
    return <f32>(BINS - 1);
  }
}

/** Adds one to a bin of a histogram, the last one for all that is beyond. */
// @ts-ignore: decorator
@inline
function count(histogram: usize, bin: i32): void {
  const address = histogram + (<usize>min<i32>(BINS - 1, bin) << 2);
  store<i32>(address, load<i32>(address) + 1);
}
