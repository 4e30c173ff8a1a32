/** What concerns all projects: trust, certificate roots, backup and broker. */
import { Envelope } from '../../dsse.ts'
import { BrokerConfig, BrokerConfigRequest } from '../broker.ts'
import { RetireRoot, RootsInfo } from '../root.ts'
import type { RouteShape } from '../route.ts'
import { TrustInfo } from '../trust.ts'

export const INSTALLATION_ROUTES = {
  getTrust: {
    method: 'GET',
    path: '/trust',
    role: 'any',
    summary: 'Shows the trust document in force and the keys around it',
    status: 200,
    response: TrustInfo,
    errors: ['request.notFound'],
  },
  putTrust: {
    method: 'PUT',
    path: '/trust',
    role: 'admin',
    installation: true,
    summary: 'Puts a new trust document, signed by the operator root key, into force',
    body: Envelope,
    status: 200,
    response: TrustInfo,
    errors: ['trust.signature', 'trust.rollback', 'trust.mismatch'],
  },
  readBackup: {
    method: 'GET',
    path: '/backup',
    role: 'admin',
    installation: true,
    summary: 'Streams a backup of the whole installation, as it is at this moment',
    description:
      'Lines of JSON with a closing line; without that it is not whole. Key files are not in it: the secrets of the authority are, sealed.',
    status: 200,
    responseType: 'application/x-ndjson',
    errors: ['request.notFound'],
  },
  getRoots: {
    method: 'GET',
    path: '/roots',
    role: 'admin',
    installation: true,
    summary: 'Shows the certificate roots, and how many devices know the next one',
    status: 200,
    response: RootsInfo,
    errors: ['request.notFound'],
  },
  rotateRoot: {
    method: 'POST',
    path: '/roots/rotate',
    role: 'admin',
    installation: true,
    summary: 'Makes the next certificate root; devices learn it as they renew',
    status: 200,
    response: RootsInfo,
    errors: ['request.notFound', 'request.conflict'],
  },
  retireRoot: {
    method: 'POST',
    path: '/roots/retire',
    role: 'admin',
    installation: true,
    summary: 'Forgets the first certificate root, when every device knows the next one',
    body: RetireRoot,
    status: 200,
    response: RootsInfo,
    errors: ['request.notFound', 'request.conflict'],
  },
  createBrokerConfig: {
    method: 'POST',
    path: '/broker-config',
    role: 'admin',
    installation: true,
    summary: 'Makes the configuration of an external broker, with a new certificate and key for it',
    body: BrokerConfigRequest,
    status: 200,
    response: BrokerConfig,
    errors: ['request.notFound'],
  },
} as const satisfies Record<string, RouteShape>
