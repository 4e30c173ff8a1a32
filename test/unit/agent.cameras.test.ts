/** Cameras before any ffmpeg: how they are named, scaled and kept from showing their passwords. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cameraFilePath, loadCameras } from '@ocelli/agent/imager/camera-file'
import { parseCamera } from '@ocelli/agent/imager/camera-source'
import { inputOf } from '@ocelli/agent/imager/ffmpeg-process'
import { readRegion } from '@ocelli/agent/imager/plane-region'
import { FrameCutter } from '@ocelli/agent/imager/raw-frames'
import { redact } from '@ocelli/agent/imager/redact'
import { deliveredSize, shrink } from '@ocelli/agent/imager/scale'
import { videoDevices } from '@ocelli/agent/imager/video-devices'
import { expect, onTestFinished, test } from 'vitest'

test.each([
  ['file:/data/yard.avi', 'file', 'yard', '/data/yard.avi'],
  ['rtsp://cam.local:554/stream/1', 'url', 'cam.local-stream-1', 'rtsp://cam.local:554/stream/1'],
  ['rtsp://me:secret@10.0.0.7/live', 'url', '10.0.0.7-live', 'rtsp://me:secret@10.0.0.7/live'],
  ['/dev/video0', 'v4l2', 'video0', '/dev/video0'],
])('%s is a camera', (text, kind, id, input) => {
  expect(parseCamera(text)).toEqual({ kind, id, input })
})

test.each(['yard.avi', 'ftp://x/y', 'rtsp://', ''])('"%s" is no camera, and the refusal shows no password', (text) => {
  expect(() => parseCamera(text)).toThrow(expect.objectContaining({ code: 'flag.invalid' }))
})

test('two long names that begin alike stay two imagers, and a changed password keeps the id', () => {
  const long = 'x'.repeat(80)
  expect(parseCamera(`file:/${long}a.avi`).id).not.toBe(parseCamera(`file:/${long}b.avi`).id)
  const ids = ['one', 'two'].map((password) => parseCamera(`rtsp://me:${password}@cam/${long}`).id)
  expect(ids[0]).toBe(ids[1])
})

test.each([
  ['open rtsp://me:pass@cam/1: failed', 'open rtsp://***@cam/1: failed'],
  ['rtsp://me:p@ss@cam/1 and http://u:v@h', 'rtsp://***@cam/1 and http://***@h'],
  ["file 'rtsp://a:b@c/d'", "file 'rtsp://***@c/d'"],
  ['mail me@home.example', 'mail me@home.example'],
])('%s is redacted', (text, expected) => {
  expect(redact(text)).toBe(expected)
})

test('an address with credentials is handed to ffmpeg by a pipe only', () => {
  const secret = inputOf(parseCamera("rtsp://me:it's@cam/1"))
  expect(secret.options.join(' ')).not.toContain('cam')
  expect(secret.list).toContain("file 'rtsp://me:it'\\''s@cam/1'")
  const open = inputOf(parseCamera('rtsp://cam/1'))
  expect(open.list).toBeUndefined()
  expect(open.options).toContain('rtsp://cam/1')
})

test('a damaged camera file is refused without quoting it', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ocelli-cameras-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const attempt = (text: string) => {
    writeFileSync(cameraFilePath(dataDir), text)
    try {
      return loadCameras(dataDir)
    } catch (error) {
      expect(String(error)).not.toContain('hunter2')
      return error
    }
  }
  expect(attempt('{"cameras":[{"source":"rtsp://me:hunter2@cam"')).toMatchObject({ code: 'message.malformed' })
  expect(attempt('{"cameras":{"rtsp://me:hunter2@cam":1}}')).toMatchObject({ code: 'message.invalid' })
  expect(attempt('{"cameras":[{"source":"gopher://me:hunter2@cam"}]}')).toMatchObject({ code: 'flag.invalid' })
  expect(attempt('{"cameras":[{"source":"/dev/video0"},{"id":"video0","source":"file:/a"}]}')).toMatchObject({
    code: 'message.invalid',
  })
  expect(attempt('{"cameras":[{"id":"yard","source":"file:/a"}]}')).toMatchObject([{ id: 'yard' }])
})

test('cameras of the kernel have stable ids; codecs and metadata nodes are none', () => {
  const root = mkdtempSync(join(tmpdir(), 'ocelli-video-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folders = { dev: join(root, 'dev'), sys: join(root, 'sys') }
  const node = (name: string, title: string, index: number) => {
    mkdirSync(join(folders.sys, name), { recursive: true })
    mkdirSync(join(folders.dev, 'v4l/by-id'), { recursive: true })
    writeFileSync(join(folders.sys, name, 'name'), `${title}\n`)
    writeFileSync(join(folders.sys, name, 'index'), `${index}\n`)
    writeFileSync(join(folders.dev, name), '')
  }
  expect(videoDevices(folders)).toEqual([])
  node('video0', 'USB Camera', 0)
  node('video1', 'USB Camera', 1)
  node('video10', 'bcm2835-codec-decode', 0)
  symlinkSync('../../video0', join(folders.dev, 'v4l/by-id/usb-Maker_Eye_42-video-index0'))
  expect(videoDevices(folders)).toEqual([
    { id: 'usb-Maker_Eye_42-video-index0', kind: 'v4l2', input: join(folders.dev, 'video0') },
  ])
})

test('a frame is delivered no larger than it is, in its proportions', () => {
  const native = { widthPixels: 768, heightPixels: 576 }
  expect(deliveredSize(native, {})).toEqual(native)
  expect(deliveredSize(native, { widthPixels: 384 })).toEqual({ widthPixels: 384, heightPixels: 288 })
  expect(deliveredSize(native, { heightPixels: 144 })).toEqual({ widthPixels: 192, heightPixels: 144 })
  expect(deliveredSize(native, { widthPixels: 9999, heightPixels: 1 })).toEqual({ widthPixels: 768, heightPixels: 1 })
})

test('shrinking takes the mean of what each pixel covers', () => {
  const plane = Uint8Array.from([0, 10, 20, 30, 100, 110, 120, 130, 200, 210, 220, 230])
  const from = { widthPixels: 4, heightPixels: 3 }
  expect([...shrink(plane, from, { widthPixels: 2, heightPixels: 1 })]).toEqual([105, 125])
  expect([...shrink(plane, from, { widthPixels: 3, heightPixels: 3 })]).toEqual([
    0, 10, 25, 100, 110, 125, 200, 210, 225,
  ])
  expect([...shrink(plane, from, from)]).toEqual([...plane])
})

test('a region is read with its step, and one that leaves the frame is refused', () => {
  const plane = Uint8Array.from({ length: 20 }, (_, index) => index)
  const size = { widthPixels: 5, heightPixels: 4 }
  expect([...readRegion(plane, size, { x: 1, y: 1, width: 3, height: 2 }, 1)]).toEqual([6, 7, 8, 11, 12, 13])
  expect([...readRegion(plane, size, { x: 0, y: 0, width: 5, height: 4 }, 2)]).toEqual([0, 2, 4, 10, 12, 14])
  for (const region of [
    { x: 3, y: 0, width: 3, height: 1 },
    { x: -1, y: 0, width: 1, height: 1 },
    { x: 0, y: 0, width: 1.5, height: 1 },
  ]) {
    expect(() => readRegion(plane, size, region, 1)).toThrow(RangeError)
  }
  expect(() => readRegion(plane, size, { x: 0, y: 0, width: 1, height: 1 }, 0)).toThrow(RangeError)
})

test('a stream of bytes becomes frames wherever it is cut, and a held frame is not written over', () => {
  let nanos = 0n
  const cutter = new FrameCutter(4, () => nanos++)
  const held: { plane: Uint8Array; sequence: number }[] = []
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => index)
  for (let offset = 0; offset < bytes.length; offset += 7) {
    cutter.push(bytes.subarray(offset, offset + 7), (frame) => {
      frame.hold()
      held.push(frame)
    })
  }
  expect(held.map(({ sequence, plane }) => [sequence, ...plane])).toEqual(
    Array.from({ length: 10 }, (_, frame) => [frame, ...[0, 1, 2, 3].map((index) => frame * 4 + index)]),
  )
  cutter.push(bytes.subarray(0, 3), () => {})
  cutter.restart()
  const after: number[] = []
  cutter.push(bytes.subarray(20, 24), (frame) => after.push(...frame.plane))
  expect(after).toEqual([20, 21, 22, 23])
})
