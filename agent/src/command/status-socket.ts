/** How `status` asks a running agent: a socket in the data folder, open to the folder's owner only. */
import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { AgentStatus } from '../agent.ts'

const socketPath = (dataDir: string): string => join(dataDir, 'agent.sock')
const ANSWER_MS = 3000

/** Answers each connection with the status as JSON. Only the holder of the store's lock may call this: it replaces a socket left behind. */
export async function serveStatus(dataDir: string, status: () => AgentStatus): Promise<() => Promise<void>> {
  const path = socketPath(dataDir)
  rmSync(path, { force: true })
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify(status()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return () => new Promise<void>((resolve) => void server.close(() => resolve()))
}

/** The status of the agent that runs on the folder; `undefined` where none does. */
export function askStatus(dataDir: string): Promise<AgentStatus | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection(socketPath(dataDir))
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => {})
    // What it says was made by this very program: its version is the reader's.
    socket.on('close', () => resolve(text === '' ? undefined : (JSON.parse(text) as AgentStatus)))
  })
}
