/**
 * The sensor model: from light on the sensor to digital numbers, after the linear model of EMVA 1288 (release 4.0,
 * section 2) with the noise sources that it names. Everything is a function of its arguments.
 */
import type { Seed } from '../random.ts'
import { NOISE_BITS, NOISE_TABLE, SKEW_TABLE } from './noise-table.ts'
import type { PixelMap } from './pixel-map.ts'

/** The constants of one photosite and its readout; the profiles give the source of each. */
export interface SensorModel {
  /** Distance between photosites in micrometres. */
  readonly pitchMicrometres: number
  /** Electrons for each photon, 0 to 1, at the peak. */
  readonly quantumEfficiency: number
  /** Electrons that a photosite holds. */
  readonly fullWellElectrons: number
  /** Digital numbers for each electron at 0 dB. */
  readonly conversionDnPerElectron: number
  /** Read noise before the gain stage, in electrons (root mean square). */
  readonly readNoiseElectrons: number
  /** Read noise after the gain stage, in electrons at 0 dB; gain divides it. */
  readonly converterNoiseElectrons: number
  /** Noise that a whole row shares, in electrons (root mean square). */
  readonly rowNoiseElectrons: number
  /** Dark current at 25 degrees Celsius, in electrons a second for each photosite. */
  readonly darkElectronsPerSecond: number
  /** Degrees Celsius that double the dark current. */
  readonly darkDoublingDegrees: number
  /** Photo response non-uniformity: standard deviation of the sensitivity between photosites, relative. */
  readonly responseNonUniformity: number
  /** Dark signal non-uniformity: standard deviation of the offset between photosites, in electrons. */
  readonly darkNonUniformityElectrons: number
  /** Digital number of no light. */
  readonly blackLevelDn: number
  /** Largest digital number: 1023 for 10 bits. */
  readonly maxDn: number
  /** Tangent of the half field angle at the corner of the frame: shading falls with the fourth power of its cosine. */
  readonly cornerFieldTangent: number
  /** Time between the starts of two rows of photosites that are read in turn, in nanoseconds; 0 for a global shutter. */
  readonly rowNanos: number
}

/** One plane to be exposed. */
export interface Exposure {
  /** Photons a second and square micrometre on the sensor, one value a pixel. */
  readonly irradiance: Float32Array
  /** Sensitivity and offset of each pixel. */
  readonly map: PixelMap
  /** Share of the quantum efficiency that the colour filter lets through, 0 to 1. */
  readonly filter: number
  readonly exposureMicros: number
  readonly gainDecibels: number
  readonly celsius: number
  /** Decides the noise of this plane of this frame. */
  readonly seed: Seed
}

/** Mean dark current of a photosite in electrons a second: doubles every so many degrees (EMVA 1288, section 2.4.2). */
export function darkCurrent(sensor: SensorModel, celsius: number): number {
  return sensor.darkElectronsPerSecond * 2 ** ((celsius - 25) / sensor.darkDoublingDegrees)
}

/** A gain in decibels as a factor of the signal: 20 dB are 10. */
export function gainFactor(gainDecibels: number): number {
  return 10 ** (gainDecibels / 20)
}

/** Temporal read noise of one photosite in electrons, without row noise. */
export function readNoise(sensor: SensorModel, gainDecibels: number): number {
  return Math.hypot(sensor.readNoiseElectrons, sensor.converterNoiseElectrons / gainFactor(gainDecibels))
}

/**
 * Exposes one plane: `out` gets one digital number a pixel. A pixel that stands for several photosites has their mean,
 * so its signal is the same and its noise smaller.
 *
 * The loop draws one normal value a pixel for shot and read noise together (their sum is normal but for the skewness
 * of the Poisson distribution, which `SKEW_TABLE` adds back), and costs about 6 ns.
 */
export function expose(sensor: SensorModel, exposure: Exposure, out: Uint16Array): void {
  const { irradiance, map } = exposure
  const { response, offset, widthPixels, heightPixels, photosites } = map
  const seconds = exposure.exposureMicros / 1e6
  const gain = gainFactor(exposure.gainDecibels)
  const electronsPerLight = sensor.pitchMicrometres ** 2 * sensor.quantumEfficiency * exposure.filter * seconds
  const dark = darkCurrent(sensor, exposure.celsius) * seconds
  const read = readNoise(sensor, exposure.gainDecibels)
  const readVariance = read * read
  const perPhotosite = 1 / photosites
  const skewVariance = perPhotosite / 18 // the variance that the skewness term adds: E[((g^2 - 1) / 6)^2] = 1 / 18
  const readSigma = read * Math.sqrt(perPhotosite)
  // Rows of photosites that are averaged into one row of pixels average their row noise as well.
  const rowSigma = sensor.rowNoiseElectrons / Math.sqrt(map.photositeRows)
  const fullWell = sensor.fullWellElectrons
  const dnPerElectron = sensor.conversionDnPerElectron * gain
  const black = sensor.blackLevelDn + 0.5 // the half rounds to the nearest number
  const maxDn = sensor.maxDn
  const mask = 2 ** NOISE_BITS - 1

  let [a, b, c, counter] = exposure.seed
  let index = 0
  for (let row = 0; row < heightPixels; row++) {
    let rowOffset = 0
    for (let column = -1; column < widthPixels; column++) {
      // sfc32 inline: see random.ts
      const bits = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + bits) | 0
      const slot = bits & mask
      const normal = NOISE_TABLE[slot] as number
      if (column < 0) {
        rowOffset = normal * rowSigma
        continue
      }
      const mean = (irradiance[index] as number) * (response[index] as number) * electronsPerLight + dark
      const skew = Math.min(mean, 1)
      const variance = (mean + readVariance - skew * skew * skewVariance) * perPhotosite
      let electrons = mean + normal * Math.sqrt(variance) + skew * (SKEW_TABLE[slot] as number) * perPhotosite
      if (electrons > fullWell) {
        // A full photosite holds what it holds: shot noise ends and only the readout is left.
        electrons = fullWell + (NOISE_TABLE[(bits >>> NOISE_BITS) & mask] as number) * readSigma
      }
      const dn = (black + (electrons + rowOffset + (offset[index] as number)) * dnPerElectron) | 0
      out[index] = dn < 0 ? 0 : Math.min(dn, maxDn)
      index++
    }
  }
}
