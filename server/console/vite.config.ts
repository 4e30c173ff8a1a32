/** How the console is bundled: one chunk a page, names by content so that browsers may keep them for ever. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The browser fetches what `src/main.ts` loads as soon as it reads the page, not only when that file runs. */
function preloadConsole(): Plugin {
  return {
    name: 'preload-console',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {}, chunk }) {
        const wanted = new Set<string>()
        const add = (file: string) => {
          const found = bundle[file]
          if (wanted.has(file) || found?.type !== 'chunk') return
          wanted.add(file)
          found.imports.forEach(add)
        }
        chunk?.dynamicImports.forEach(add)
        return [...wanted]
          .filter((file) => file !== chunk?.fileName && chunk?.imports.includes(file) !== true)
          .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` } }))
      },
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), preloadConsole()],
  build: {
    target: 'es2023',
    // Small pictures and fonts as data addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev:console` beside a control plane at its usual address.
  server: { proxy: { '/api': process.env.OCELLI_URL ?? 'http://127.0.0.1:7070' } },
})
