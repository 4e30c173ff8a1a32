/** The command that writes a frame, and the file that it writes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateSync } from 'node:zlib'
import { encodePng } from '@ocelli/simulator/png'
import { expect, test } from 'vitest'

const RENDER = fileURLToPath(new URL('../../simulator/src/render.ts', import.meta.url))

test('a frame is written as a picture, its truth is told', { timeout: 30_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-render-'))
  try {
    const out = join(folder, 'frame.png')
    const args = ['--scene', 'platform', '--at', '20', '--width', '160', '--format', 'rgb8', '--boxes', '--out', out]
    const run = spawnSync(process.execPath, [RENDER, ...args], { encoding: 'utf8' })
    expect(run.stderr).toContain('160 x 120 rgb8')
    expect(run.status).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ people: expect.any(Number), boxes: expect.any(Array) })
    const png = readFileSync(out)
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([160, 120])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a scene that there is not is refused', { timeout: 30_000 }, () => {
  const run = spawnSync(process.execPath, [RENDER, '--scene', 'beach'], { encoding: 'utf8' })
  expect(run.status).toBe(2)
  expect(run.stderr).toContain('moving-object')
})

test('pixels come back from the file as they went in', () => {
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, index) => (index * 37) % 256)
  const png = Buffer.from(encodePng(pixels, 5, 3, 3))
  const at = png.indexOf('IDAT')
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
  const back = [0, 1, 2].flatMap((row) => [...rows.subarray(row * 16 + 1, (row + 1) * 16)])
  expect(back).toEqual([...pixels])
  expect(png.subarray(1, 4).toString()).toBe('PNG')
})
