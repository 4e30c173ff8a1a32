import { useQuery } from '@tanstack/react-query'
import { type Device, someDevices } from '../api/queries.ts'

const MOST = 6

/** Devices with a text in name, id, model or a label. */
export function useFoundDevices(wanted: string): readonly Device[] {
  const { data } = useQuery({ ...someDevices({ text: wanted, limit: MOST }), enabled: wanted !== '' })
  return wanted === '' ? [] : (data?.items ?? [])
}
