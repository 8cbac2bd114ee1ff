import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const kSource = join(import.meta.dirname, '..')

/** What the files of each folder may import from `src`. A feature may import itself, never another. */
const kMayImport: Record<string, readonly string[]> = {
  routes: ['features', 'api', 'ui', 'lib'],
  features: ['api', 'ui', 'lib'],
  ui: ['ui', 'lib', 'api'],
  api: ['api', 'lib'],
  lib: ['lib', 'messages'],
}

const files = readdirSync(kSource, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.gen.ts'))
  .map((file) => ({ path: relative('.', file), text: readFileSync(join(kSource, file), 'utf8') }))

function breach(path: string, imported: string): string | undefined {
  const [folder = '', feature] = path.split('/')
  const [target = '', targetFeature] = imported.split('/')
  if (!kMayImport[folder]) return undefined
  if (folder === 'features' && target === 'features' && feature === targetFeature) return undefined
  return kMayImport[folder].includes(target) ? undefined : `${path} imports ${imported}`
}

describe('The layers of the console', () => {
  it('import only what stands below them', () => {
    const breaches = files.flatMap(({ path, text }) =>
      [...text.matchAll(/from '@\/([^']+)'/g)]
        .map(([, imported = '']) => breach(path, imported))
        .filter(Boolean),
    )
    expect(breaches).toEqual([])
  })

  it('keep styling in ui', () => {
    const styled = files.filter(
      ({ path, text }) => /^(features|routes)\//.test(path) && /\b(className|style)=/.test(text),
    )
    expect(styled.map(({ path }) => path)).toEqual([])
  })

  it('have files of at most 300 lines, routes of at most 40', () => {
    const long = files.filter(
      ({ path, text }) => text.split('\n').length > (path.startsWith('routes/') ? 41 : 301),
    )
    expect(long.map(({ path }) => path)).toEqual([])
  })
})
