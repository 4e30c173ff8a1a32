/**
 * The sensors that the simulator knows. Measured constants where a measurement is published, otherwise typical ones of
 * the class; each says which.
 */
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import type { SensorModel } from './sensor.ts'

/** A kind of sensor: what the driver reports of it and how its photosites behave. */
export interface SensorProfile {
  readonly model: string
  readonly colour: 'mono' | 'colour'
  /** Photosites across and down: the coordinates of a region of interest. */
  readonly sensorWidthPixels: number
  readonly sensorHeightPixels: number
  /** Photosites across and down that are binned into one pixel of the largest frame. */
  readonly binning: number
  readonly formats: readonly PixelFormat[]
  /** Width of a frame where a consumer names none. */
  readonly defaultWidthPixels: number
  readonly minFrameRateMillihertz: number
  readonly maxFrameRateMillihertz: number
  readonly minExposureMicros: number
  readonly maxExposureMicros: number
  readonly maxGainDecibels: number
  /** How `gray8` is made: `video` subtracts black and applies the video curve, `linear` is the raw number in 8 bits. */
  readonly tone: 'video' | 'linear'
  /** Whether exposure, gain, region and rate can be set. */
  readonly controllable: boolean
  /** Whether the sensor runs a person detector itself. */
  readonly network: boolean
  readonly physics: SensorModel
}

/**
 * Photosites of the Sony IMX477, 1.55 um back-illuminated, 12 bits here taken to 10. Measured by J. Hidalgo, "Pi HQ Cam
 * Sensor Performance" (strollswithmydog.com, 2020): clipping at 8180 e- at base gain, black level 256 of 4095, read noise
 * 3 e- at gain 1 and 1.5 e- at gain 16. The IMX500 shares pitch, size and generation and has no published measurement.
 */
const SONY_1_55_MICROMETRES: SensorModel = {
  pitchMicrometres: 1.55, // Sony IMX477-AACK and IMX500 product briefs
  quantumEfficiency: 0.7, // typical peak of back-illuminated photosites of this size
  fullWellElectrons: 8180,
  // The converter's range above black ends where the measured clipping is: (1023 - 64) / 8180.
  conversionDnPerElectron: 0.1172,
  // The two parts a, b of the measured 3.0 and 1.5 e-: a^2 + b^2 = 9 and a^2 + (b / 16)^2 = 2.25.
  readNoiseElectrons: 1.491,
  converterNoiseElectrons: 2.603,
  // Row noise shows when it passes a tenth of the pixel noise, so designs stay near it (ISO 15739 annex; typical).
  rowNoiseElectrons: 0.3,
  darkElectronsPerSecond: 1.2, // typical of the class at 25 degrees Celsius
  darkDoublingDegrees: 6.5, // EMVA 1288 finds 5 to 8 K for silicon; middle
  responseNonUniformity: 0.006, // typical PRNU of the class: 0.4 to 1 %
  darkNonUniformityElectrons: 0.8, // typical
  blackLevelDn: 64, // 256 of 4095
  maxDn: 1023,
  // Half field angle at the corner of the Raspberry Pi AI Camera lens: 78.3 degrees diagonal field of view.
  cornerFieldTangent: 0.814,
  rowNanos: 10_500, // 3040 rows in just below 33.3 ms: 30 frames a second binned (Raspberry Pi AI Camera brief)
}

/** Sony IMX500 as on the Raspberry Pi AI Camera: 2028 x 1520 at 30 frames a second, 2 x 2 binned, with a network on the sensor. */
export const IMX500: SensorProfile = {
  model: 'IMX500',
  colour: 'colour',
  sensorWidthPixels: 4056,
  sensorHeightPixels: 3040,
  binning: 2,
  formats: ['gray8', 'rgb8', 'yuv420', 'bayer-rggb8', 'bayer-rggb10'],
  defaultWidthPixels: 320,
  minFrameRateMillihertz: 1_000,
  maxFrameRateMillihertz: 30_000,
  minExposureMicros: 30,
  maxExposureMicros: 1_000_000,
  maxGainDecibels: 26.9, // 22.2 times: 1024 / (1024 - 978), Linux driver imx500.c
  tone: 'video',
  controllable: true,
  network: true,
  physics: SONY_1_55_MICROMETRES,
}

/** Sony IMX219 as on the Raspberry Pi Camera Module 2: a plain colour camera. */
export const IMX219: SensorProfile = {
  model: 'IMX219',
  colour: 'colour',
  sensorWidthPixels: 3280, // Linux driver imx219.c: active area 3280 x 2464
  sensorHeightPixels: 2464,
  binning: 2, // mode 1640 x 1232
  formats: ['gray8', 'rgb8', 'yuv420', 'bayer-rggb8', 'bayer-rggb10'],
  defaultWidthPixels: 320,
  minFrameRateMillihertz: 1_000,
  maxFrameRateMillihertz: 30_000,
  minExposureMicros: 75,
  maxExposureMicros: 1_000_000,
  maxGainDecibels: 20.5, // 10.66 times: 256 / (256 - 232), Linux driver imx219.c
  tone: 'video',
  controllable: true,
  network: false,
  physics: {
    pitchMicrometres: 1.12, // Sony IMX219PQ product brief
    quantumEfficiency: 0.65, // typical of the class
    fullWellElectrons: 4500, // typical of 1.12 um back-illuminated photosites: 3500 to 3600 e-/um^2, as measured for the IMX477
    conversionDnPerElectron: 0.213, // (1023 - 64) / 4500
    readNoiseElectrons: 1.9, // typical of the class
    converterNoiseElectrons: 2.4, // typical; near the quantisation of 10 bits
    rowNoiseElectrons: 0.4,
    darkElectronsPerSecond: 1.5, // typical
    darkDoublingDegrees: 6.5, // as above
    responseNonUniformity: 0.008, // typical
    darkNonUniformityElectrons: 1, // typical
    blackLevelDn: 64, // libcamera tuning file imx219.json: 4096 of 65535
    maxDn: 1023,
    cornerFieldTangent: 0.6, // 62.2 x 48.8 degrees field of view (Camera Module 2), without its vignetting correction
    rowNanos: 13_500, // 2464 rows in 33.3 ms
  },
}

/** OmniVision OV5647 as on the first Raspberry Pi camera module: older and noisier, 1296 x 972. */
export const OV5647: SensorProfile = {
  model: 'OV5647',
  colour: 'colour',
  sensorWidthPixels: 2592, // OV5647 datasheet 1.0: active array 2592 x 1944
  sensorHeightPixels: 1944,
  binning: 2,
  formats: ['gray8', 'rgb8', 'yuv420', 'bayer-rggb10'],
  defaultWidthPixels: 320,
  minFrameRateMillihertz: 1_000,
  maxFrameRateMillihertz: 42_000,
  minExposureMicros: 100,
  maxExposureMicros: 1_000_000,
  maxGainDecibels: 24, // 15.9 times: 4-bit and 4 doublings (datasheet)
  tone: 'video',
  controllable: true,
  network: false,
  physics: {
    pitchMicrometres: 1.4, // datasheet
    quantumEfficiency: 0.5, // typical of the first back-illuminated generation
    fullWellElectrons: 4300, // datasheet: 4.3 ke-
    conversionDnPerElectron: 0.2344, // (1023 - 16) / 4300
    readNoiseElectrons: 3, // typical: datasheet signal to noise 36 dB, dynamic range 68 dB at 8 times gain
    converterNoiseElectrons: 4, // typical
    rowNoiseElectrons: 0.8, // typical
    darkElectronsPerSecond: 16, // datasheet at 60 degrees Celsius taken back to 25; typical
    darkDoublingDegrees: 7,
    responseNonUniformity: 0.012,
    darkNonUniformityElectrons: 2,
    blackLevelDn: 16, // libcamera tuning file ov5647.json: 1024 of 65535
    maxDn: 1023,
    cornerFieldTangent: 0.58, // 53.5 x 41.4 degrees field of view, chief ray angle 24 degrees
    rowNanos: 16_500, // 1944 rows in 32 ms
  },
}

/** Himax HM01B0 class: a small monochrome sensor for always-on sensing, 320 x 240, 8 bits out, nothing to set. */
export const HM01B0: SensorProfile = {
  model: 'HM01B0',
  colour: 'mono',
  sensorWidthPixels: 320,
  sensorHeightPixels: 240,
  binning: 1,
  formats: ['gray8', 'gray10'],
  defaultWidthPixels: 320,
  minFrameRateMillihertz: 500,
  maxFrameRateMillihertz: 51_300, // product brief: 51.3 frames a second at QVGA
  minExposureMicros: 60,
  maxExposureMicros: 500_000,
  maxGainDecibels: 18, // 8 times analogue gain (product brief)
  tone: 'linear',
  controllable: false,
  network: false,
  physics: {
    pitchMicrometres: 3.6, // product brief
    quantumEfficiency: 0.45, // typical of front-illuminated photosites
    fullWellElectrons: 10_000, // typical of 3.6 um
    conversionDnPerElectron: 0.0959, // (1023 - 64) / 10000
    readNoiseElectrons: 3.5, // typical
    converterNoiseElectrons: 6, // typical; low power readout
    rowNoiseElectrons: 1, // typical
    darkElectronsPerSecond: 25, // typical
    darkDoublingDegrees: 7.5,
    responseNonUniformity: 0.012, // typical
    darkNonUniformityElectrons: 3, // typical
    blackLevelDn: 64,
    maxDn: 1023,
    cornerFieldTangent: 0.65, // 66 degrees diagonal field of view of the usual lens
    rowNanos: 80_000, // 240 rows in 19.5 ms
  },
}

/** OmniVision OV9281 class: a monochrome global shutter sensor, 1280 x 800. */
export const OV9281: SensorProfile = {
  model: 'OV9281',
  colour: 'mono',
  sensorWidthPixels: 1280, // product brief
  sensorHeightPixels: 800,
  binning: 1,
  formats: ['gray8', 'gray10'],
  defaultWidthPixels: 320,
  minFrameRateMillihertz: 1_000,
  maxFrameRateMillihertz: 120_000, // product brief
  minExposureMicros: 10,
  maxExposureMicros: 1_000_000,
  maxGainDecibels: 24,
  tone: 'linear',
  controllable: true,
  network: false,
  physics: {
    pitchMicrometres: 3, // product brief
    quantumEfficiency: 0.6, // typical
    fullWellElectrons: 7500, // typical of 3 um global shutter
    conversionDnPerElectron: 0.1279, // (1023 - 64) / 7500
    readNoiseElectrons: 3, // typical
    converterNoiseElectrons: 4, // typical
    rowNoiseElectrons: 0.6, // typical
    darkElectronsPerSecond: 20, // typical: the storage node of a global shutter adds to it
    darkDoublingDegrees: 7,
    responseNonUniformity: 0.01, // typical
    darkNonUniformityElectrons: 2, // typical
    blackLevelDn: 64,
    maxDn: 1023,
    cornerFieldTangent: 0.7,
    rowNanos: 0, // all rows at once
  },
}

export const SENSOR_PROFILES: Readonly<Record<string, SensorProfile>> = { IMX500, IMX219, OV5647, HM01B0, OV9281 }
