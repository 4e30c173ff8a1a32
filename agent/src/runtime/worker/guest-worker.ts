/**
 * Entry of a worker thread that runs one instance. It loads everything a guest needs and then waits for its first
 * message, so that a spare one starts a component at once.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { runGuestLoop } from './guest-loop.ts'
import type { GuestWorkerData } from './protocol.ts'

const data: GuestWorkerData = workerData
if (!parentPort) throw new Error('guest-worker is the entry of a worker thread')
runGuestLoop(parentPort, data.control)
