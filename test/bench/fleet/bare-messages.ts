/**
 * What a push to a fleet cannot take less than on this machine and runtime: as many messages of the same sizes over as many
 * TLS connections, each desired state signed here and verified there, and nothing else: no MQTT, no JSON, no database, no
 * component. This file is also the program of the processes that stand for devices.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls'
import { createTestAuthority } from '../../support/tls-authority.ts'

export interface BareFleet {
  readonly connections: number
  readonly processes: number
  readonly desiredBytes: number
  readonly reportBytes: number
}

/** What a process that stands for devices is told. */
interface Share extends Omit<BareFleet, 'processes'> {
  readonly port: number
  readonly roots: readonly string[]
  readonly publicKey: string
}

const SIGNATURE_BYTES = 64
/** A PUBACK [MQTT-3.4]. */
const ACKNOWLEDGEMENT = Buffer.alloc(4)
/** As agents do: the first report gathers what follows from a desired state, the second says that it is healthy. */
const REPORTS_AFTER_MS = [100, 1100] as const
/** Handshakes at once of each process. */
const AT_ONCE = 16
/** Connections that are written to before others get their turn. */
const TOGETHER = 64

/** Seconds from the first desired state to the last report. */
export async function bareMessages(fleet: BareFleet): Promise<number> {
  const world = await createTestAuthority()
  const leaf = await world.authority.issueBroker(['localhost'])
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { connected, answered, server } = listen(fleet, leaf)
  const children: ChildProcess[] = []
  try {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const share: Share = {
      ...fleet,
      connections: Math.ceil(fleet.connections / fleet.processes),
      port: (server.address() as AddressInfo).port,
      roots: world.authority.roots,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    }
    for (let left = fleet.connections; left > 0; left -= share.connections) {
      const connections = Math.min(left, share.connections)
      children.push(fork(import.meta.filename, [JSON.stringify({ ...share, connections })]))
    }
    const sockets = await connected
    const startMs = performance.now()
    for (const [index, socket] of sockets.entries()) {
      const body = Buffer.alloc(fleet.desiredBytes - SIGNATURE_BYTES, index)
      socket.write(Buffer.concat([sign(null, body, privateKey), body]))
      if (index % TOGETHER === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await answered
    return (performance.now() - startMs) / 1000
  } finally {
    for (const child of children) child.kill('SIGKILL')
    server.close()
    await world.dispose()
  }
}

/** The server's end: acknowledges each report. */
function listen({ connections, reportBytes }: BareFleet, leaf: { readonly chain: string; readonly key: string }) {
  const connected = Promise.withResolvers<readonly TLSSocket[]>()
  const answered = Promise.withResolvers<void>()
  const sockets: TLSSocket[] = []
  let left = connections
  const server = createServer({ key: leaf.key, cert: leaf.chain, noDelay: true }, (socket) => {
    let bytes = -ACKNOWLEDGEMENT.byteLength
    let reports = 0
    socket.on('error', answered.reject)
    socket.on('data', (data) => {
      bytes += data.byteLength
      if (bytes < (reports + 1) * reportBytes) return
      socket.write(ACKNOWLEDGEMENT)
      if (++reports === REPORTS_AFTER_MS.length && --left === 0) answered.resolve()
    })
    sockets.push(socket)
    if (sockets.length === connections) connected.resolve(sockets)
  })
  return { connected: connected.promise, answered: answered.promise, server }
}

/** The devices' end, in a process of its own. */
async function beDevices({ connections, port, roots, publicKey, desiredBytes, reportBytes }: Share): Promise<void> {
  const key = createPublicKey(publicKey)
  const secureContext = createSecureContext({ ca: [...roots] })
  const report = Buffer.alloc(reportBytes)
  let opened = 0
  const openOne = async () => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', secureContext })
    socket.setNoDelay(true)
    let state = Buffer.alloc(0)
    socket.on('data', (data) => {
      // What comes after the desired state are acknowledgements.
      if (state.byteLength === desiredBytes) return
      state = Buffer.concat([state, data])
      if (state.byteLength < desiredBytes) return
      if (!verify(null, state.subarray(SIGNATURE_BYTES), key, state.subarray(0, SIGNATURE_BYTES))) {
        throw new Error('a desired state came changed')
      }
      socket.write(ACKNOWLEDGEMENT)
      for (const afterMs of REPORTS_AFTER_MS) setTimeout(() => socket.write(report), afterMs)
    })
    await once(socket, 'secureConnect')
  }
  const lane = async () => {
    while (opened++ < connections) await openOne()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

if (process.argv[1] === import.meta.filename && process.argv[2] !== undefined) {
  process.on('disconnect', () => process.exit())
  await beDevices(JSON.parse(process.argv[2]) as Share)
}
