import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// While developing, calls go to a server that runs beside Vite: RAPPORT_SERVER, by default the one of `rapport serve`.
const server = process.env.RAPPORT_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single' }),
    react(),
    tailwindcss(),
  ],
  resolve: { tsconfigPaths: true },
  build: { target: 'es2022', chunkSizeWarningLimit: 600 },
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
