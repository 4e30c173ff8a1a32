/** Who is signed in, and what the token may do. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { type Answer, api, ask } from './client.ts'
import { onTokenChange, token } from './token.ts'

export type Role = Answer<'whoAmI'>['role']

export const useToken = (): string | undefined => useSyncExternalStore(onTokenChange, token)

export const whoAmI = queryOptions({
  queryKey: ['whoami'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/whoami', { signal })),
  staleTime: 60_000,
})

/** What each role may do beside looking; admin may do all. */
const INCLUDES: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  publisher: ['publisher'],
  admin: ['viewer', 'operator', 'publisher', 'admin'],
}

/** Why the signed-in token may not do what needs `role`; nothing where it may. The server decides the same again. */
export function useDenied(role: Role): string | undefined {
  const { data } = useQuery(whoAmI)
  if (data === undefined) return 'What your token may do is being asked for'
  if (INCLUDES[data.role].includes(role)) return undefined
  return `This needs the role ${role}; your token “${data.name}” is ${data.role}`
}
