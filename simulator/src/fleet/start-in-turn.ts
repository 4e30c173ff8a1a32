/**
 * A component host that starts some instances at a time. On a device there are few; dozens of threads of one process
 * that load their code at once would leave the links of their devices no processor for seconds.
 */
import type { ComponentHost } from '@ocelli/agent/runtime/host'

export function startInTurn(host: ComponentHost, atOnce: number): ComponentHost {
  let underWay = 0
  const waiting: (() => void)[] = []
  const turn = async () => {
    if (underWay < atOnce) underWay++
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const next = () => {
    const first = waiting.shift()
    if (first === undefined) underWay--
    else first()
  }
  return {
    ...host,
    async start(spec, listener) {
      await turn()
      try {
        return await host.start(spec, listener)
      } finally {
        next()
      }
    },
  }
}
