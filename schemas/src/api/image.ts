/** Pictures that instances with the grant `images` published: the last one of each name. */

import { ImagerId, InstanceId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { Bytes, WallMs } from '../units.ts'
import { closed, DeviceKey, listOf } from './query.ts'

export const IMAGE_TYPE = 'image/jpeg'

export const ImageInfo = Type.Object(
  {
    instance: InstanceId,
    imager: Type.Optional(ImagerId),
    name: Type.String({ description: 'Name that the component gave it' }),
    sizeBytes: Bytes('Size of the JPEG'),
    receivedAtMs: WallMs('When the server had it'),
  },
  { $id: 'ImageInfo' },
)
export type ImageInfo = Static<typeof ImageInfo>
export const ImageList = listOf(ImageInfo, 'Pictures by instance and name')

export const ImageParams = Type.Object(
  { device: DeviceKey, instance: InstanceId, name: Type.String({ minLength: 1, maxLength: 128 }) },
  closed,
)
