/** All imagers behind ffmpeg: configured cameras and those that the kernel announces, with hot-plug. */
import { existsSync, statSync } from 'node:fs'
import type { ImagerId } from '@ocelli/schemas/ids'
import { backoffMs } from '../run/backoff.ts'
import { reportOf } from '../run/coded.ts'
import { cameraFilePath, loadCameras } from './camera-file.ts'
import type { CameraSource } from './camera-source.ts'
import { FfmpegImager, type FfmpegImagerDeps } from './ffmpeg-imager.ts'
import { probe } from './ffmpeg-process.ts'
import type { Imager, ImagerBank } from './imager.ts'
import { redact } from './redact.ts'
import { VIDEO_FOLDERS, type VideoFolders, videoDevices } from './video-devices.ts'

export interface FfmpegBankOptions extends FfmpegImagerDeps {
  /** Folder with `cameras.json`. */
  readonly dataDir: string
  /** Cameras besides those of the file. */
  readonly cameras?: readonly CameraSource[]
  readonly videoFolders?: VideoFolders
}

/** A plug is noticed within this time: an operator expects a removal to show within 5 s. */
const LOOK_EVERY_MS = 1000
const PROBE_MS = 10_000
const RETRY = { firstMs: 2000, maxMs: 60_000 }

/** A camera that takes longer to answer at the start is reported when it does, and holds up nothing else. */
const FIRST_LOOK_MS = 2000

/** Looks for cameras; resolves once each that is there at the start has answered, or after two seconds. */
export async function openFfmpegBank(options: FfmpegBankOptions): Promise<ImagerBank> {
  const bank = new FfmpegBank(options)
  let cancel = () => {}
  const late = new Promise<void>((resolve) => {
    cancel = options.clock.setTimer(FIRST_LOOK_MS, resolve)
  })
  await Promise.race([bank.look(), late])
  cancel()
  return bank
}

interface Candidate {
  readonly source: CameraSource
  imager: FfmpegImager | undefined
  isOpening: boolean
  failures: number
  retryAtNanos: bigint
}

class FfmpegBank implements ImagerBank {
  readonly #options: FfmpegBankOptions
  readonly #candidates = new Map<ImagerId, Candidate>()
  readonly #listeners = new Set<() => void>()
  #configured: readonly CameraSource[] = []
  #configuredAtMs = -1
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(options: FfmpegBankOptions) {
    this.#options = options
  }

  list(): readonly Imager[] {
    return [...this.#candidates.values()].flatMap(({ imager }) => imager ?? [])
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await Promise.all([...this.#candidates.values()].map(({ imager }) => imager?.close()))
    this.#candidates.clear()
  }

  /** Compares what is there with what is known, then does so again and again. Resolves when new ones have answered. */
  async look(): Promise<void> {
    try {
      this.#compare()
    } catch (cause) {
      // Devices vanish while their folders are being read: the next look sees what became of it.
      this.#options.log(
        'warn',
        `looking for cameras: ${redact(cause instanceof Error ? cause.message : String(cause))}`,
      )
    }
    // A camera that is slow to answer must not hide that another was pulled out: the next look does not wait for it.
    this.#cancel = this.#options.clock.setTimer(LOOK_EVERY_MS, () => void this.look())
    await Promise.all([...this.#candidates.values()].map((candidate) => this.#tryOpen(candidate)))
  }

  #compare(): void {
    const present = new Map(this.#present().map((source) => [source.id, source]))
    if (this.#removeMissing(present)) this.#notify()
    for (const [id, source] of present) {
      if (this.#candidates.has(id)) continue
      this.#candidates.set(id, { source, imager: undefined, isOpening: false, failures: 0, retryAtNanos: 0n })
    }
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #present(): CameraSource[] {
    const { cameras = [], videoFolders = VIDEO_FOLDERS } = this.#options
    const configured = [...cameras, ...this.#readFile()]
    const inputs = new Set(configured.map((source) => source.input))
    const announced = videoDevices(videoFolders).filter((source) => !inputs.has(source.input))
    return [...configured, ...announced].filter((source) => source.kind === 'url' || existsSync(source.input))
  }

  /** The file is read again when it changed; a broken one leaves the cameras as they were. */
  #readFile(): readonly CameraSource[] {
    const { dataDir, log } = this.#options
    const changedAtMs = statSync(cameraFilePath(dataDir), { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (changedAtMs === this.#configuredAtMs) return this.#configured
    this.#configuredAtMs = changedAtMs
    try {
      this.#configured = loadCameras(dataDir)
    } catch (cause) {
      const { code, message } = reportOf(cause, 'message.invalid', 0)
      log('error', `${code}: ${message}`)
    }
    return this.#configured
  }

  #removeMissing(present: ReadonlyMap<ImagerId, CameraSource>): boolean {
    let changed = false
    for (const [id, candidate] of this.#candidates) {
      if (present.get(id)?.input === candidate.source.input) continue
      this.#candidates.delete(id)
      if (candidate.imager === undefined) continue
      this.#options.log('info', `imager ${id} is gone`)
      void candidate.imager.close()
      changed = true
    }
    return changed
  }

  /** Asks a camera what it delivers; one that does not answer is asked again later. */
  async #tryOpen(candidate: Candidate): Promise<void> {
    const { paths, clock, random, log } = this.#options
    const { source } = candidate
    if (candidate.imager || candidate.isOpening || clock.monotonicNanos() < candidate.retryAtNanos) return
    candidate.isOpening = true
    try {
      const probed = await probe(paths, source, PROBE_MS)
      if (this.#isClosed || this.#candidates.get(source.id) !== candidate) return
      candidate.imager = new FfmpegImager(source, probed, this.#options)
      const { widthPixels, heightPixels, frameRateMillihertz } = probed
      log(
        'info',
        `imager ${source.id}: ${widthPixels} x ${heightPixels} pixels, ${frameRateMillihertz / 1000} frames/s`,
      )
      this.#notify()
    } catch (cause) {
      const { code, message } = reportOf(cause, 'imager.missing', 0)
      const waitMs = backoffMs(RETRY, ++candidate.failures, random, `probe ${source.id}`)
      candidate.retryAtNanos = clock.monotonicNanos() + BigInt(waitMs) * 1_000_000n
      log('warn', `${code}: ${message}`)
    } finally {
      candidate.isOpening = false
    }
  }
}
