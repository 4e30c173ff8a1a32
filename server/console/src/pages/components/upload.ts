/** Sends a component. fetch tells nothing of the progress of what it sends, so this is an XMLHttpRequest. */
import type { Answer } from '../../api/client.ts'
import { ApiProblem, unreachable } from '../../api/problem.ts'
import { token } from '../../api/token.ts'
import type { SignedStatement } from './signature.ts'

/** Rejects with `ApiProblem`. `onSent` gets the share that is sent, 0 to 1. */
export function upload(
  content: Uint8Array<ArrayBuffer>,
  { statement, envelope }: SignedStatement,
  onSent: (share: number) => void,
): Promise<Answer<'pushComponent'>> {
  const request = new XMLHttpRequest()
  const path = `/api/v1/components/${encodeURIComponent(statement.name)}/${encodeURIComponent(statement.version)}`
  request.open('PUT', path)
  request.setRequestHeader('authorization', `Bearer ${token() ?? ''}`)
  request.setRequestHeader('content-type', 'application/wasm')
  request.setRequestHeader('ocelli-signature', btoa(JSON.stringify(envelope)))
  request.responseType = 'json'
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded / total)
    request.upload.onload = () => onSent(1)
    request.onerror = () => reject(unreachable(new Error('the connection broke')))
    request.onload = () => {
      if (request.status < 300) resolve(request.response as Answer<'pushComponent'>)
      else reject(new ApiProblem(request.response))
    }
    request.send(content)
  })
}
