/** How the console is bundled: one chunk a page, names by content so that browsers may keep them for ever. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
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
