/**
 * The sensor model: from light on the sensor to digital numbers, after the linear model of EMVA 1288 (release 4.0,
 * section 2) with the noise sources that it names. Everything is a function of its arguments.
 */
import { createRandom, type Seed } from '../random.ts'
import { NOISE_BITS, NOISE_TABLE } from './noise-table.ts'
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
 * Shot noise is a normal value with the Poisson variance and skewness (Cornish-Fisher: sigma g + (g^2 - 1) / 6), read
 * noise another; both come from one draw of 32 bits and a table. There is no branch in the loop: each one costs more
 * than all the arithmetic.
 */
export function expose(sensor: SensorModel, exposure: Exposure, out: Uint16Array): void {
  const { irradiance, map } = exposure
  const { response, offset, widthPixels, heightPixels } = map
  const seconds = exposure.exposureMicros / 1e6
  const electronsPerLight = sensor.pitchMicrometres ** 2 * sensor.quantumEfficiency * exposure.filter * seconds
  const dark = darkCurrent(sensor, exposure.celsius) * seconds
  const share = 1 / map.photosites
  const skew = share / 6
  // The skewness term has a variance of its own, 2 skew^2, which the read noise is short of: the sum is exact.
  const readVariance = readNoise(sensor, exposure.gainDecibels) ** 2 * share
  const readSigma = Math.sqrt(Math.max(0, readVariance - 2 * skew * skew))
  // Rows of photosites that are averaged into one row of pixels average their row noise as well.
  const rowSigma = sensor.rowNoiseElectrons / Math.sqrt(map.photositeRows)
  const fullWell = sensor.fullWellElectrons
  const dnPerElectron = sensor.conversionDnPerElectron * gainFactor(exposure.gainDecibels)
  const black = sensor.blackLevelDn + 0.5 // the half rounds to the nearest number
  const maxDn = sensor.maxDn
  const mask = 2 ** NOISE_BITS - 1
  const rows = createRandom(exposure.seed)
  const table = NOISE_TABLE // a local: an import is looked up anew at each use

  // sfc32 inline (see random.ts); signed from the start, so that V8 keeps all four words in integer registers.
  let a = rows.bits() | 0
  let b = rows.bits() | 0
  let c = rows.bits() | 0
  let counter = rows.bits() | 0
  let index = 0
  for (let row = 0; row < heightPixels; row++) {
    const rowOffset = (table[rows.bits() & mask] as number) * rowSigma
    for (let column = 0; column < widthPixels; column++, index++) {
      const bits = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + bits) | 0
      const shot = table[bits & mask] as number
      const read = table[(bits >>> NOISE_BITS) & mask] as number
      const mean = (irradiance[index] as number) * (response[index] as number) * electronsPerLight + dark
      const held = Math.min(mean + shot * Math.sqrt(mean * share) + (shot * shot - 1) * skew, fullWell)
      const electrons = held + read * readSigma + rowOffset + (offset[index] as number)
      const dn = (black + electrons * dnPerElectron) | 0
      out[index] = Math.max(0, Math.min(dn, maxDn))
    }
  }
}
