import { describe, expect, it } from 'vitest'
import { chooseLanguage, kLanguages } from './messages'

const files = import.meta.glob<Record<string, unknown>>('../messages/*/*.json', {
  eager: true,
  import: 'default',
})

/** `a.b` -> the text, of nested messages. Plural forms count as one: languages have different ones. */
function flatten(messages: Record<string, unknown>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    const path = `${prefix}${key.replace(/_(zero|one|two|few|many|other)$/, '')}`
    if (typeof value === 'string') flat.set(path, value)
    else for (const entry of flatten(value as Record<string, unknown>, `${path}.`)) flat.set(...entry)
  }
  return flat
}

const namespaces = Object.keys(files)
  .filter((path) => path.includes('/en/'))
  .map((path) => path.replace(/^.*\/|\.json$/g, ''))

describe('Messages', () => {
  it.each(namespaces)('of %s are the same in every language, with the same values in them', (namespace) => {
    const english = flatten(files[`../messages/en/${namespace}.json`] ?? {})
    for (const language of Object.keys(kLanguages)) {
      const other = flatten(files[`../messages/${language}/${namespace}.json`] ?? {})
      expect([...other.keys()].sort(), `${language}/${namespace}`).toEqual([...english.keys()].sort())
      for (const [key, text] of other) {
        const names = (value = '') => [...new Set(value.match(/{{\s*[\w.]+/g))].sort()
        expect(names(text), `${language}/${namespace}:${key}`).toEqual(names(english.get(key)))
      }
    }
  })

  it('come in the nearest language to what the browser asks for', () => {
    expect(chooseLanguage(null, ['fr-FR', 'zh-TW'])).toBe('zh-Hant')
    expect(chooseLanguage(null, ['ja-JP', 'en'])).toBe('ja')
    expect(chooseLanguage(null, ['fr'])).toBe('en')
    expect(chooseLanguage('ja', ['en-US'])).toBe('ja')
    expect(chooseLanguage('tlh', ['en-US'])).toBe('en')
  })
})
