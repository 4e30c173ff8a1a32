import './styles.css'
import './first.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { status } from './api/queries.ts'
import { createQueryClient } from './api/query-client.ts'
import { whoAmI } from './api/session.ts'
import { token } from './api/token.ts'
import { router } from './app/router.tsx'

// Dialogs lock the page's scrolling with a style of their own, which the content security policy asks a nonce of.
setNonce(document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '')
const queries = createQueryClient()
if (token() !== undefined) {
  // Every page asks for these: they are on their way while the page's own part is still loaded.
  void queries.prefetchQuery(status)
  void queries.prefetchQuery(whoAmI)
}
// After an upgrade of the server the names of its files are new: a page opened before loads itself again.
addEventListener('vite:preloadError', () => location.reload())

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no place for the console')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
