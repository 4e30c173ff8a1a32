/** The last picture of a name. It is fetched with the token, so its address cannot be followed without one. */
import { useQuery } from '@tanstack/react-query'
import { ImageOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { authorisedFetch } from '../../api/client.ts'
import { Skeleton } from '../../design/progress.tsx'

interface Props {
  readonly device: string
  readonly instance: string
  readonly name: string
  /** When it arrived: a new one is fetched. */
  readonly version: number
}

export function Picture({ device, instance, name, version }: Props) {
  const { data, isError } = useQuery({
    queryKey: ['picture', device, instance, name, version],
    queryFn: async ({ signal }) => {
      const path = [device, 'images', instance, name].map(encodeURIComponent).join('/')
      const response = await authorisedFetch(new Request(`${location.origin}/api/v1/devices/${path}`, { signal }))
      if (!response.ok) throw new Error(`the picture answered ${response.status}`)
      return response.blob()
    },
    gcTime: 0,
  })
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (data === undefined) return
    const made = URL.createObjectURL(data)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [data])
  if (isError) {
    return (
      <div className="grid aspect-4/3 place-items-center rounded-md border border-line bg-sunken text-muted">
        <ImageOff aria-label="The picture could not be fetched" className="size-6" />
      </div>
    )
  }
  if (address === undefined) return <Skeleton className="aspect-4/3" />
  return <img src={address} alt={`${name}, taken by the device`} className="w-full rounded-md border border-line" />
}
