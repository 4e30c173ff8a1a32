/** A process that commits telemetry into the embedded store until it is killed, and prints each position it was told. */
import { openPgliteStore } from '../../server/src/store/pglite.ts'
import { batchOf, deviceId, enrolDevices, streamId } from './store-rows.ts'

const [dataDir = '', count = '3'] = process.argv.slice(2)
const store = await openPgliteStore({ dataDir })
const numbers = Array.from({ length: Number(count) }, (_, index) => index + 1)
if ((await store.device(deviceId(1))) === undefined) await enrolDevices(store, numbers.length)

async function write(number: number): Promise<never> {
  const device = deviceId(number)
  let committed = await store.position(device, streamId(1))
  for (;;) {
    const answer = await store.commitTelemetry(batchOf(device, committed + 1, committed + 1 + (committed % 40)))
    committed = answer?.committed ?? committed
    process.stdout.write(`${number} ${committed}\n`)
  }
}

await Promise.all(numbers.map(write))
