/**
 * Where things in the world appear: a pinhole camera that looks level over flat ground. World coordinates are metres, X to
 * the right and Z away from the camera; picture coordinates are heights of the field of view, u to the right, v down.
 */
import type { View } from './scene.ts'

export interface Camera {
  /** Width of the field of view in heights. */
  readonly aspect: number
  /** Focal length in heights. */
  readonly focal: number
  /** Height of the horizon in the picture, 0 at the top edge. */
  readonly horizon: number
  /** Height of the camera above the ground in metres. */
  readonly heightMetres: number
}

/** A point on the ground as the camera sees it; `scale` is heights of the picture for each metre there. */
export interface Projected {
  readonly u: number
  readonly v: number
  readonly scale: number
}

export function project(camera: Camera, xMetres: number, zMetres: number): Projected {
  const scale = camera.focal / zMetres
  return { u: camera.aspect / 2 + xMetres * scale, v: camera.horizon + camera.heightMetres * scale, scale }
}

/** From picture coordinates to pixels of a view. */
export interface PixelScale {
  /** Pixels for each height of the field, across and down. */
  readonly across: number
  readonly down: number
  readonly left: number
  readonly top: number
}

export function pixelScale(camera: Camera, view: View): PixelScale {
  const across = view.widthPixels / (view.window.width * camera.aspect)
  const down = view.heightPixels / view.window.height
  return { across, down, left: view.window.x * camera.aspect * across, top: view.window.y * down }
}
