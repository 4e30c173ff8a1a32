/** `ocelli/v1/<device>/inventory` (device, QoS 1, retained): the latest known facts of a device. */

import { ImagerId } from '../ids.ts'
import { defineMessage } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Bytes, Decibels, Micros, Millihertz, Pixels, Text, WallMs, Whole } from '../units.ts'
import { Session } from './session.ts'

export const PIXEL_FORMATS = ['gray8', 'gray10', 'bayer-rggb8', 'bayer-rggb10', 'rgb8', 'yuv420'] as const
export const PixelFormat = OpenEnum(PIXEL_FORMATS, 'Layout of a frame in memory')
export type PixelFormat = Static<typeof PixelFormat>

const Range = <T extends ReturnType<typeof Micros> | ReturnType<typeof Decibels>>(bound: T) =>
  Type.Object({ min: bound, max: bound })

export const ImagerFacts = Type.Object(
  {
    id: ImagerId,
    driver: Text('What drives it: simulated, ffmpeg, rpicam', 32),
    model: Text('Sensor model where known, for instance IMX500', 64),
    widthPixels: Pixels('Largest frame width it delivers'),
    heightPixels: Pixels('Largest frame height it delivers'),
    colour: OpenEnum(['mono', 'colour'], 'Whether it tells colours apart'),
    formats: Type.Array(PixelFormat, { maxItems: 16, description: 'Formats it can deliver' }),
    maxFrameRateMillihertz: Millihertz('Highest frame rate'),
    exposureMicros: Type.Optional(Range(Micros('Exposure range'))),
    gainDecibels: Type.Optional(Range(Decibels('Analogue gain range'))),
    controllable: Type.Boolean({ description: 'Whether exposure, gain, region and rate can be set' }),
  },
  { description: 'One CMOS image sensor' },
)
export type ImagerFacts = Static<typeof ImagerFacts>

export const ProvidedInterface = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*/[a-z][a-z0-9-]*@[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$',
      maxLength: 128,
      description: 'An interface that the host links, with its version, as in ocelli:sensing/frames@0.1.0',
    }),
    imagers: Type.Optional(
      Type.Array(ImagerId, {
        maxItems: 64,
        description: 'Only for instances bound to one of these imagers; absent: for all',
      }),
    ),
    attributes: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Union([Type.String({ maxLength: 256 }), Type.Number(), Type.Boolean()]),
      ),
    ),
  },
  { description: 'A capability: an interface the host can link, with attributes' },
)
export type ProvidedInterface = Static<typeof ProvidedInterface>

export const Inventory = Type.Object(
  {
    session: Session,
    bootId: Text('Random at each start of the operating system', 64),
    atMs: WallMs('When these facts were gathered, by the device'),
    clockSynchronised: Type.Boolean({
      description: 'Whether the operating system says the wall clock is synchronised',
    }),
    agent: Type.Object({
      version: Text('Version of the agent', 32),
      features: Type.Array(Text('A feature that desired state may require', 64), { maxItems: 64 }),
    }),
    platform: Type.Object({
      architecture: Text('arm64, x64', 16),
      operatingSystem: Text('Name and version', 128),
      model: Text('Board model where known', 128),
      cpuCount: Whole('Processor cores', 1, 4096),
      memoryBytes: Bytes('Memory that instances may use together'),
      storageBytes: Bytes('Storage that artifacts and outbox may use together'),
      simulated: Type.Boolean({ description: 'Whether its imagers are simulated' }),
    }),
    imagers: Type.Array(ImagerFacts, { maxItems: 64 }),
    interfaces: Type.Array(ProvidedInterface, { maxItems: 256 }),
  },
  { $id: 'Inventory', description: 'The latest known facts of a device' },
)
export type Inventory = Static<typeof Inventory>

export const inventory = defineMessage({
  name: 'inventory',
  schema: Inventory,
  from: 'deviceToServer',
  topic: 'inventory',
  qos: 1,
  retained: true,
  maxBytes: 65_536,
  description: 'Sent after each connect and whenever a fact changes (hot-plug of an imager).',
})
