import { useQueries, useQuery } from '@tanstack/react-query'
import { deployment, deployments } from '../../api/queries.ts'

/** Deployments that use a component version, with how many of their instances have it linked in. */
export function useRunners(reference: string): readonly { readonly name: string; readonly instances: number }[] {
  const { data } = useQuery(deployments)
  const details = useQueries({
    queries: (data?.items ?? []).map(({ name }) => ({
      ...deployment(name),
      refetchInterval: false as const,
      staleTime: 30_000,
    })),
  })
  return details.flatMap(({ data: one }) => {
    if (one === undefined || !(reference in one.components)) return []
    const instances = one.placements.filter(({ placement }) =>
      placement.components.some((component) => component.reference === reference),
    ).length
    return [{ name: one.name, instances }]
  })
}
