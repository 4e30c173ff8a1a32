/** Manifests as YAML text. */
import { stringify } from 'yaml'

export function deploymentText(name: string, spec: unknown): string {
  return manifestText('Deployment', name, spec)
}

export function manifestText(kind: string, name: string, spec: unknown): string {
  return stringify({ apiVersion: 'ocelli/v1', kind, metadata: { name }, spec }, { lineWidth: 100 })
}
