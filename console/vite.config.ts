import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// While developing, calls go to a server that runs beside Vite: RAPPORT_SERVER, by default the one of `rapport serve`.
const server = process.env.RAPPORT_SERVER ?? 'http://127.0.0.1:8080'

// Libraries that only some pages need are chunks of their own, so that none of them slips into what every page loads.
const groups = [
  {
    name: 'shared',
    test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack)\//,
    priority: 3,
  },
  { name: 'floating', test: /node_modules\/(@base-ui|@floating-ui|tabbable|reselect)\//, priority: 2 },
  { name: 'charts', test: /node_modules\/(d3-|internmap)/, priority: 2 },
  { name: 'schemas', test: /node_modules\/(@hookform|zod)\//, priority: 2 },
]

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single' }),
    react(),
    tailwindcss(),
  ],
  resolve: { tsconfigPaths: true },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    proxy: {
      '^/(v1|rapport|recommendations|personalize-recommendations|action-recommendations|openapi.json)':
        server,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/lib/testSetup.ts'],
    restoreMocks: true,
  },
})
