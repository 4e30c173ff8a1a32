import { refusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

export function brokerHandlers({ identity }: HandlerContext): Pick<Handlers, 'createBrokerConfig'> {
  return {
    async createBrokerConfig({ body }) {
      const config = await identity.brokerConfig?.(body)
      return config ? ok(config) : refusal('request.notFound', 'this server has no certificate authority')
    },
  }
}
