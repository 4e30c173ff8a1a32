/** The scenes by name. */
import { type Seed, seedFor } from '../random.ts'
import type { Camera } from './camera.ts'
import { constantLight, dayAndDusk } from './light.ts'
import { createMovingObjectScene } from './moving-object.ts'
import { type PaintedPlanes, scoped } from './painted-planes.ts'
import { createPeopleScene } from './people-scene.ts'
import type { Scene } from './scene.ts'
import { corridorSurface, platformSurface, yardSurface } from './texture.ts'

export const SCENE_NAMES = ['platform', 'yard', 'dusk', 'empty', 'moving-object', 'uniform'] as const
export type SceneName = (typeof SCENE_NAMES)[number]

/**
 * A scene for a field of view of this aspect (width / height). The same name and seed give the same scene; `planes` keeps
 * its painted background for the next one of them.
 */
export function createScene(name: SceneName, aspect: number, seed: Seed, planes?: PaintedPlanes): Scene {
  const painted = scoped(planes, `${name} ${aspect} ${seed.join(' ')}`)
  const part = (purpose: string): Seed => seedFor(seed.join(' '), purpose)
  switch (name) {
    case 'platform': {
      const camera = mounted(aspect, 3)
      return createPeopleScene({
        name,
        camera,
        surface: platformSurface(camera, 16, part('surface')),
        light: constantLight(350), // a covered platform: EN 12464-2 asks for 100 lx, halls have more by day
        ground: { nearMetres: 3.6, farMetres: 13 },
        shadowDepth: 0.25,
        seed: part('crowd'),
        painted,
      })
    }
    case 'yard':
    case 'dusk': {
      const camera = mounted(aspect, 3.4)
      return createPeopleScene({
        name,
        camera,
        surface: yardSurface(camera, 18, part('surface')),
        // An overcast day; by dusk a lit yard keeps some lux.
        light: name === 'yard' ? constantLight(6000) : dayAndDusk(8000, 8, 240),
        ground: { nearMetres: 4, farMetres: 14 },
        shadowDepth: 0.35,
        seed: part('crowd'),
        painted,
      })
    }
    case 'empty': {
      const camera: Camera = { aspect, focal: 0.9, horizon: 0.38, heightMetres: 2.3 }
      return createPeopleScene({
        name,
        camera,
        surface: corridorSurface(camera, part('surface')),
        light: constantLight(250), // corridors: 100 to 300 lx
        shadowDepth: 0,
        seed: part('crowd'),
        painted,
      })
    }
    case 'moving-object': {
      const camera = mounted(aspect, 3)
      return createMovingObjectScene({
        name,
        aspect,
        surface: yardSurface(camera, 18, part('surface')),
        light: constantLight(3000),
        colour: { red: 0.65, green: 0.3, blue: 0.12 },
        widthFraction: 0.22,
        heightFraction: 0.26,
        topFraction: 0.5,
        crossingSeconds: 6,
        pauseSeconds: 9,
        seed: part('motion'),
        painted,
      })
    }
    case 'uniform':
      return createPeopleScene({
        name,
        camera: mounted(aspect, 3),
        surface: () => ({ red: 0.5, green: 0.5, blue: 0.5 }),
        light: constantLight(500),
        shadowDepth: 0,
        seed: part('crowd'),
        painted,
      })
  }
}

/** A camera on a wall, its picture shifted so that it looks level and yet mostly at the ground. */
function mounted(aspect: number, heightMetres: number): Camera {
  return { aspect, focal: 0.95, horizon: 0.1, heightMetres }
}
