/** Clock and chance of the machine, and what kind of machine it is. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { Clock, Random } from '../ports.ts'

/** Longest delay of a Node timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export function machineClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicNanos: () => process.hrtime.bigint(),
    isSynchronised,
    setTimer(delayMs, fn) {
      const timer = setTimeout(fn, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS))
      return () => clearTimeout(timer)
    },
  }
}

export function machineRandom(): Random {
  return {
    bytes: (_purpose, count) => randomBytes(count),
    fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  }
}

/** Made by systemd-timesyncd once it has the time of a server (systemd-timesyncd.service(8)). */
const TIMESYNC_MARK = '/run/systemd/timesync/synchronized'
/** chronyd's and ntpd's reference files, written after the first measurement. */
const OTHER_MARKS = ['/run/chrony/chronyd.pid', '/var/lib/ntp/ntp.drift', '/var/lib/ntpsec/ntp.drift']

function isSynchronised(): boolean {
  return existsSync(TIMESYNC_MARK) || OTHER_MARKS.some((mark) => existsSync(mark))
}

/** Random at each start of the system (proc(5)); a process without /proc gets one of its own. */
export function bootId(): string {
  return readFirst('/proc/sys/kernel/random/boot_id') ?? randomBytes(16).toString('hex')
}

/** Part of the memory that instances may use; the rest is for the system and the agent. */
const INSTANCE_PART = 0.5

/** Facts of this machine; `dataDir` is on the disk that artifacts and outbox use. */
export function machinePlatform(dataDir: string): Inventory['platform'] {
  const disk = statfsSync(dataDir)
  return {
    architecture: arch(),
    operatingSystem: operatingSystem().slice(0, 128),
    model: (boardModel() ?? 'unknown').slice(0, 128),
    cpuCount: Math.max(cpus().length, 1),
    memoryBytes: Math.floor(totalmem() * INSTANCE_PART),
    storageBytes: disk.bavail * disk.bsize,
    simulated: false,
  }
}

function operatingSystem(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFirst('/etc/os-release') ?? '')?.[1]
  return `${name ?? platform()} (${release()})`
}

/** Device tree boards name themselves there, ended by a NUL; PCs in the DMI table. */
function boardModel(): string | undefined {
  const tree = readFirst('/proc/device-tree/model')?.replaceAll('\0', '')
  return tree || readFirst('/sys/class/dmi/id/product_name')
}

function readFirst(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
