// What the scene looks like without people: for each pixel a mean and a variance that follow slow changes.
import { Picture } from "./picture";

/** Time in which the background follows the light, in seconds. */
const FOLLOW_SECONDS: f32 = 20;
/** While the scene is new: a value that stays this long is taken as background, in seconds. */
const LEARN_STABLE_SECONDS: f32 = 0.9;
/** How long the scene counts as new, in seconds. */
const LEARN_SECONDS: f32 = 5;
/** Later on: a thing that stands still this long becomes background, in seconds. People wait for minutes. */
const ABSORB_SECONDS: f32 = 120;
/** Least difference that counts, in luma steps: compression and quantisation make up to 4. */
const LEAST_DIFFERENCE: f32 = 9;
/** Differences count from this many standard deviations: 1 in 10,000 pixels by chance. */
const SIGMA_FACTOR: f32 = 4;
/** A part of the foreground must somewhere exceed this multiple of its threshold. */
export const CERTAIN_FACTOR: f32 = 2;
/** 1.4826 makes a standard deviation of the median of absolute deviations of normal noise. */
const MEDIAN_TO_SIGMA: f32 = 1.4826;

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
  private histogram: StaticArray<i32> = new StaticArray<i32>(512);

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
    return this.ageSeconds >= LEARN_SECONDS * 0.4;
  }

  /** Compares a picture taken `seconds` after the one before, then follows it where it shows the background. */
  update(picture: Picture, seconds: f32): void {
    this.ageSeconds += seconds;
    this.light = this.measureLight(picture.pixels);
    const floor = this.noiseFloor(picture.pixels);
    const learning = this.ageSeconds < LEARN_SECONDS;
    const stableSeconds = learning ? LEARN_STABLE_SECONDS : ABSORB_SECONDS;
    const rate: f32 = min<f32>(0.5, seconds / min<f32>(FOLLOW_SECONDS, max<f32>(this.ageSeconds, 0.5)));
    const pixels = picture.pixels;
    const dim: f32 = 1 / this.light;
    for (let i = 0; i < this.size; i++) {
      const value = unchecked(pixels[i]) * dim;
      const mean = unchecked(this.mean[i]);
      const difference = value - mean;
      const threshold = max<f32>(LEAST_DIFFERENCE, SIGMA_FACTOR * max<f32>(floor, sqrt(unchecked(this.variance[i]))));
      const excess = abs(difference) / threshold;
      unchecked((this.excess[i] = excess));
      if (excess < 1) {
        unchecked((this.mean[i] = mean + rate * difference));
        unchecked((this.variance[i] += rate * (difference * difference - this.variance[i])));
        unchecked((this.candidateSeconds[i] = 0));
        continue;
      }
      // Foreground: it becomes background only where it stays the same for long.
      const step = value - unchecked(this.candidate[i]);
      if (abs(step) < threshold) {
        unchecked((this.candidate[i] += 0.2 * step));
        unchecked((this.candidateSeconds[i] += seconds));
        if (unchecked(this.candidateSeconds[i]) >= stableSeconds) this.replace(i, unchecked(this.candidate[i]));
      } else {
        unchecked((this.candidate[i] = value));
        unchecked((this.candidateSeconds[i] = 0));
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
  private measureLight(pixels: Float32Array): f32 {
    this.histogram.fill(0);
    let counted = 0;
    for (let i = 0; i < this.size; i += 3) {
      const mean = unchecked(this.mean[i]);
      const value = unchecked(pixels[i]);
      if (mean < 16 || value > 250) continue;
      const bin = min<i32>(511, <i32>((value / mean) * 128));
      unchecked((this.histogram[bin] += 1));
      counted += 1;
    }
    if (counted < 100) return 1;
    return max<f32>(0.1, this.quantile(counted) / 128);
  }

  /** Standard deviation of the noise of the whole picture, in luma steps. */
  private noiseFloor(pixels: Float32Array): f32 {
    this.histogram.fill(0);
    const dim: f32 = 1 / this.light;
    let counted = 0;
    for (let i = 0; i < this.size; i += 3) {
      const difference = abs(unchecked(pixels[i]) * dim - unchecked(this.mean[i]));
      unchecked((this.histogram[min<i32>(511, <i32>(difference * 16))] += 1));
      counted += 1;
    }
    return (MEDIAN_TO_SIGMA * this.quantile(counted)) / 16;
  }

  /** The median of the histogram, with the place inside of its bin. */
  private quantile(counted: i32): f32 {
    let seen = 0;
    const half = counted / 2;
    for (let bin = 0; bin < 512; bin++) {
      const here = unchecked(this.histogram[bin]);
      if (seen + here > half) return <f32>bin + <f32>(half - seen) / <f32>here;
      seen += here;
    }
    return 511;
  }
}
