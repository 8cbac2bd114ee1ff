// Pictures of every page, light and dark, wide and narrow, in build/screenshots. Fails where text is cut off or the layout jumps.

import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { startConsole } from './browser.js'
import { cutOff, everyPage, kOpenPages, loadSample, settled } from './pages.js'

const kDirectory = new URL('../../build/screenshots/', import.meta.url).pathname
const kSizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } }
/** The jump that people notice, by the definition of Cumulative Layout Shift: https://web.dev/articles/cls */
const kShiftMax = 0.1

await mkdir(kDirectory, { recursive: true })
const { page, stop } = await startConsole()
const faults = []
try {
  const app = await loadSample(page)
  const pages = Object.entries({ ...(await everyPage(page, app)), ...kOpenPages })
  await page.addInitScript(() => {
    globalThis.layoutShift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.layoutShift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  for (const [name, path] of pages) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [size, viewport] of Object.entries(kSizes)) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        await page.goto(new URL(path, page.url()).href)
        await settled(page)
        await page.screenshot({ path: `${kDirectory}${name}-${size}-${colorScheme}.png`, fullPage: true })
        for (const fault of await cutOff(page)) faults.push(`${name} ${size}: ${fault}`)
        const shift = await page.evaluate(() => globalThis.layoutShift)
        if (shift > kShiftMax) faults.push(`${name} ${size}: the layout jumps by ${shift.toFixed(2)}`)
      }
    }
  }
} finally {
  await stop()
}
assert.deepEqual(faults, [])
