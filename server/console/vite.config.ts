/** How the console is bundled: one chunk a page, names by content so that browsers may keep them for ever. */
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const PAGE = join(import.meta.dirname, 'index.html')
const FIRST = join(import.meta.dirname, 'src/first.ts')

/** `src/first.ts` has a script of its own in the page, so that it runs before the rest of the console is there. */
function firstScript(): Plugin {
  return {
    name: 'first-script',
    apply: 'build',
    transformIndexHtml(_html, { bundle = {} }) {
      const chunk = Object.values(bundle).find((output) => output.type === 'chunk' && output.facadeModuleId === FIRST)
      if (chunk === undefined) throw new Error(`${FIRST} is not among what was built`)
      const attrs = { type: 'module', crossorigin: true, src: `/${chunk.fileName}` }
      return [{ tag: 'script', attrs, injectTo: 'head-prepend' }]
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), firstScript()],
  build: {
    target: 'es2023',
    rolldownOptions: { input: [PAGE, FIRST] },
    // Small pictures and fonts as data addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev:console` beside a control plane at its usual address.
  server: { proxy: { '/api': process.env.OCELLI_URL ?? 'http://127.0.0.1:7070' } },
})
