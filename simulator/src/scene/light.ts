/** From the light in a scene to photons on the sensor. */

/**
 * Photons a second and square micrometre for each lux: at 555 nm, 1 lux is 1/683 W/m^2 (definition of the candela) and a
 * photon carries h c / lambda = 3.58e-19 J.
 */
export const PHOTONS_PER_LUX = 4090

/**
 * Lux on the sensor for each lux in the scene and unit of reflectance: transmission / (4 N^2), for a lens of f/1.79 (the
 * Raspberry Pi AI Camera) and 90 % transmission.
 */
export const LENS_FACTOR = 0.9 / (4 * 1.79 ** 2)

/** Photons a second and square micrometre on the sensor from a white surface in this light. */
export function whiteIrradiance(sceneLux: number): number {
  return sceneLux * LENS_FACTOR * PHOTONS_PER_LUX
}

/** Light over time in lux. */
export type Light = (seconds: number) => number

export const constantLight =
  (lux: number): Light =>
  () =>
    lux

/** Day and dusk in turn: the light moves evenly on the scale of stops between the two, once there and back in a period. */
export function dayAndDusk(dayLux: number, duskLux: number, periodSeconds: number): Light {
  const stops = Math.log2(dayLux / duskLux)
  return (seconds) => duskLux * 2 ** (stops * (0.5 + 0.5 * Math.cos((2 * Math.PI * seconds) / periodSeconds)))
}
