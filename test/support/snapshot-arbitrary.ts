/** Small random fleets that meet every rule of placement, and a second state that each may have moved to. */
import type { DeploymentSpec, PlacementMode, Realisation } from '@ocelli/schemas/manifest/deployment'
import type { ImagerFacts, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import fc from 'fast-check'
import type { ComponentVersion, DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import {
  component,
  deployment,
  device,
  fleet,
  imager,
  imagerId,
  LOGGING,
  SENSING,
  snapshot,
} from './snapshot-builders.ts'
import type { World } from './snapshot-oracle.ts'

const EMBED = (version: string) => `acme:vision/embed@${version}`
const handler = [SENSING('frame-handler')]

const MAINS = [
  component('count', { imports: [SENSING('detector'), SENSING('measurements'), LOGGING], exports: handler }),
  component('embed-user', { imports: [EMBED('1.1.0'), SENSING('frames')], exports: handler }),
  component('clock', { imports: [SENSING('measurements')], exports: [SENSING('interval-handler')] }),
  component('exposer', { imports: [SENSING('frames'), SENSING('imager-control')], exports: handler }),
  component('greedy', {
    imports: [SENSING('frames')],
    exports: handler,
    needs: { imager: { exclusive: true, minWidthPixels: 640 }, memoryBytes: 30_000_000 },
  }),
  component('colours', {
    imports: [SENSING('frames')],
    exports: handler,
    needs: { imager: { colour: true, formats: ['rgb8', 'bayer-rggb8'] } },
  }),
]

/** Two of them export the detector; `deep` and `loop` lean on each other. */
const PROVIDERS = [
  component('blobs', {
    imports: [SENSING('frames')],
    exports: [SENSING('detector')],
    needs: { imager: { minWidthPixels: 640 } },
  }),
  component('deep', { imports: [EMBED('1.0.0')], exports: [SENSING('detector', '0.1.1')] }),
  component('embedder', {
    imports: [SENSING('frames'), LOGGING],
    exports: [EMBED('1.2.0')],
    needs: { imager: { formats: ['rgb8', 'gray8'] } },
  }),
  component('loop', { imports: [SENSING('detector')], exports: [EMBED('1.0.5')] }),
]

const MEMORY_UNIT = 33_554_432

const imagerArbitrary = (id: string): fc.Arbitrary<ImagerFacts> =>
  fc
    .record({
      widthPixels: fc.constantFrom(320, 640, 1280),
      colour: fc.constantFrom('mono' as const, 'colour' as const),
      formats: fc.subarray(['gray8' as const, 'rgb8' as const], { minLength: 1 }),
      maxFrameRateMillihertz: fc.constantFrom(5000, 30_000),
    })
    .map((facts) => imager({ id, ...facts }))

const offerArbitrary: fc.Arbitrary<ProvidedInterface[]> = fc
  .record({
    always: fc.subarray([SENSING('measurements'), SENSING('frames'), LOGGING], { minLength: 2 }),
    control: fc.boolean(),
    detector: fc.option(fc.constantFrom('0.0.9', '0.1.0', '0.1.3', '0.2.0'), { freq: 2 }),
    only: fc.option(fc.constantFrom(['cam0'], ['cam1']), { freq: 2 }),
    embed: fc.option(fc.constantFrom('1.0.0', '1.1.0', '2.0.0'), { freq: 1, nil: undefined }),
  })
  .map(({ always, control, detector, only, embed }) => [
    ...always.map((name) => ({ name })),
    ...(control ? [{ name: SENSING('imager-control') }] : []),
    ...(detector ? [{ name: SENSING('detector', detector), ...(only ? { imagers: only.map(imagerId) } : {}) }] : []),
    ...(embed ? [{ name: EMBED(embed) }] : []),
  ])

const deviceArbitrary = (index: number): fc.Arbitrary<DeviceFacts> =>
  fc
    .record({
      imagers: fc
        .constantFrom(0, 1, 1, 2)
        .chain((count) => fc.tuple(...['cam0', 'cam1'].slice(0, count).map(imagerArbitrary))),
      interfaces: offerArbitrary,
      memoryBytes: fc.constantFrom(1, 2, 3, 4, 8).map((units) => units * MEMORY_UNIT),
      features: fc.constantFrom(['providers'], ['providers'], []),
      floor: fc.constantFrom('1', '2', undefined),
      presence: fc.constantFrom('online' as const, 'offline' as const, 'lost' as const),
      reported: fc.constantFrom(true, true, true, false),
    })
    .map(({ floor, ...options }) => device(index, { ...options, labels: floor === undefined ? {} : { floor } }))

type ClosedFormats = NonNullable<NonNullable<Realisation['imager']>['formats']>
const PIXELS: ClosedFormats = ['gray8']

const realisationArbitrary = (index: number): fc.Arbitrary<Realisation> =>
  fc
    .record({
      component: fc.constantFrom(...MAINS),
      providers: fc.shuffledSubarray(PROVIDERS),
      imager: fc.option(
        fc.record(
          {
            minWidthPixels: fc.constantFrom(640, 1280),
            minFrameRateMillihertz: fc.constant(10_000),
            exclusive: fc.boolean(),
            formats: fc.constant(PIXELS),
          },
          { requiredKeys: [] },
        ),
        { freq: 1, nil: undefined },
      ),
    })
    .map(({ component: main, providers, imager: needs }) => ({
      name: `r${index}`,
      component: `${main.name}@${main.version}`,
      ...(providers.length > 0 ? { providers: providers.map((one) => `${one.name}@${one.version}`) } : {}),
      ...(needs ? { imager: needs } : {}),
    }))

const modeArbitrary: fc.Arbitrary<PlacementMode> = fc.oneof(
  fc.constant('everyDevice' as const),
  fc.constant('everyImager' as const),
  fc.record({ replicas: fc.integer({ min: 1, max: 3 }), spread: fc.constantFrom<string[]>([], ['labels.floor']) }),
)

/** Selectors with what they mean, so that the oracle need not read CEL. */
const TARGETS: { target: DeploymentSpec['target']; holds: (one: DeviceFacts) => boolean }[] = [
  { target: undefined, holds: () => true },
  { target: undefined, holds: () => true },
  { target: { selector: 'device.labels.floor == "1"' }, holds: (one) => one.labels.floor === '1' },
  { target: { selector: 'device.labels.floor != "1"' }, holds: (one) => one.labels.floor === '2' },
  {
    target: { selector: 'device.imagers.exists(i, i.widthPixels >= 640)' },
    holds: (one) => one.inventory?.imagers.some((i) => i.widthPixels >= 640) ?? false,
  },
  { target: { fleet: 'some' }, holds: (one) => one.name === 'device-1' || one.labels.floor === '2' },
  {
    target: { fleet: 'some', devices: ['device-1', 'device-2'] },
    holds: (one) => one.name === 'device-1' || (one.name === 'device-2' && one.labels.floor === '2'),
  },
]

const FLEETS = [fleet('some', { members: ['device-1'], selector: 'device.labels.floor == "2"' })]
const TARGET_OF = new Map(TARGETS.map(({ target, holds }) => [JSON.stringify(target), holds]))

const deploymentArbitrary = (index: number): fc.Arbitrary<DeploymentState> =>
  fc
    .record({
      placement: modeArbitrary,
      target: fc.constantFrom(...TARGETS.map((one) => one.target)),
      realisations: fc
        .integer({ min: 1, max: 3 })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, position) => realisationArbitrary(position)))),
      memoryUnits: fc.constantFrom(1, 1, 2),
      grants: fc.constantFrom(ALL, ALL, ALL, ['measurements', 'frames']),
    })
    .map(({ target, memoryUnits, ...spec }) =>
      deployment(index, {
        ...spec,
        ...(target ? { target } : {}),
        limits: { memoryBytes: memoryUnits * MEMORY_UNIT },
        name: `deployment-${index}`,
        components: CATALOGUE,
      }),
    )

const CATALOGUE: ComponentVersion[] = [...MAINS, ...PROVIDERS]
const ALL = ['measurements', 'frames', 'detector', 'imager-control', 'acme:vision/embed']

function isTarget(state: DeploymentState, facts: DeviceFacts): boolean {
  return TARGET_OF.get(JSON.stringify(state.spec.target))?.(facts) ?? false
}

export interface TwoStates {
  readonly before: World
  /** Placements are still to be filled in. */
  readonly after: World
}

/** Up to four devices and three deployments; in the second state some of each are others under the same id. */
export const twoStates: fc.Arbitrary<TwoStates> = fc
  .record({ devices: fc.integer({ min: 1, max: 4 }), deployments: fc.integer({ min: 1, max: 3 }) })
  .chain(({ devices, deployments }) =>
    fc.record({
      devices: fc.tuple(...Array.from({ length: devices }, (_, index) => changing(deviceArbitrary(index)))),
      deployments: fc.tuple(...Array.from({ length: deployments }, (_, index) => changing(deploymentArbitrary(index)))),
    }),
  )
  .map(({ devices, deployments }) => {
    const world = (pick: 'before' | 'after'): World => ({
      isTarget,
      snapshot: snapshot({
        fleets: FLEETS,
        devices: devices.flatMap((one) => one[pick] ?? []),
        deployments: deployments.flatMap((one) => one[pick] ?? []),
      }),
    })
    return { before: world('before'), after: world('after') }
  })

/** The same most of the time, sometimes another, sometimes gone or new. */
function changing<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<{ before: T | undefined; after: T | undefined }> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitrary.map((one) => ({ before: one, after: one })) },
    { weight: 3, arbitrary: fc.record({ before: arbitrary, after: arbitrary }) },
    { weight: 1, arbitrary: arbitrary.map((one) => ({ before: one, after: undefined })) },
    { weight: 1, arbitrary: arbitrary.map((one) => ({ before: undefined, after: one })) },
  )
}
