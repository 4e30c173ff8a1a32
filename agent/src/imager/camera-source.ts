/** Where pictures come from, as a person writes it: `file:/path.avi`, `rtsp://host/stream`, `/dev/video0`. */
import { createHash } from 'node:crypto'
import { basename, extname, resolve } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import { type ImagerId, parseImagerId } from '@ocelli/schemas/ids'
import { redact } from './redact.ts'

export interface CameraSource {
  readonly id: ImagerId
  readonly kind: 'file' | 'url' | 'v4l2'
  /** Path or address; may hold credentials and is shown only through `redact`. */
  readonly input: string
}

/** Reads one source; its id is made from what it names where none is given. Throws `flag.invalid`. */
export function parseCamera(text: string, id?: string): CameraSource {
  if (/^(rtsp|rtsps|http|https):\/\//.test(text)) {
    if (!URL.canParse(text) || new URL(text).hostname === '')
      throw new OcelliError('flag.invalid', `camera ${redact(text)} is not an address`)
    const url = new URL(text)
    return { id: idOf(id, `${url.hostname}${url.pathname}`, text), kind: 'url', input: text }
  }
  if (text.startsWith('/dev/')) return { id: idOf(id, basename(text), text), kind: 'v4l2', input: text }
  if (text.startsWith('file:')) {
    const path = resolve(text.slice('file:'.length))
    return { id: idOf(id, basename(path, extname(path)), text), kind: 'file', input: path }
  }
  throw new OcelliError(
    'flag.invalid',
    `camera ${redact(text)} is none of file:/path/recording.avi, rtsp://host/stream and /dev/video0`,
  )
}

function idOf(given: string | undefined, wish: string, source: string): ImagerId {
  if (given !== undefined) {
    const id = parseImagerId(given)
    if (id === undefined) throw new OcelliError('flag.invalid', `"${given}" is no imager id: letters, digits, . _ -`)
    return id
  }
  const plain = wish.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '')
  const cut = plain.slice(0, 48)
  // A cut or empty name could stand for two cameras.
  const text = cut === plain && cut !== '' ? cut : `${cut || 'camera'}-${shortHash(redact(source))}`
  return parseImagerId(text) ?? (`camera-${shortHash(redact(source))}` as ImagerId)
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
