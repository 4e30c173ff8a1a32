/** The first text of a new deployment. With a component it is complete: what its imports ask for is listed as grants. */
import type { Answer } from '../../api/client.ts'

export function newDeploymentText(reference: string | undefined, fit: Answer<'getComponentFit'> | undefined): string {
  const name = (reference ?? 'my-component').split('@')[0] ?? 'my-component'
  const grants = [...new Set((fit?.requirements ?? []).map(({ grant }) => grant))].filter(
    (grant) => !grant.startsWith('wasi:'),
  )
  return `apiVersion: ocelli/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  # Every device, unless a target says otherwise, as in:
  # target: { selector: 'device.labels.floor == "1"' }
  placement: everyImager # everyDevice | everyImager | { replicas: 3 }
  realisations:
    - name: default
      component: ${reference ?? 'my-component@1.0.0'}
  # What its imports ask for. Nothing else is linked.
  grants: [${grants.join(', ')}]
`
}
