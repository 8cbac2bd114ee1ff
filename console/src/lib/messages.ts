import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import words from '@/messages/en/words.json'

/** The languages there are messages for, each by its own name. */
export const kLanguages = { en: 'English', 'zh-Hant': '繁體中文', ja: '日本語' } as const
export type Language = keyof typeof kLanguages

const kStored = 'rapport.language'
const files = import.meta.glob<{ default: Record<string, unknown> }>([
  '../messages/*/*.json',
  '!../messages/en/words.json',
])

/** Messages come file by file as pages need them: `<language>/<namespace>.json`. */
const fileBackend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, callback) {
    if (language === 'en' && namespace === 'words') return callback(null, words)
    const load = files[`../messages/${language}/${namespace}.json`]
    if (!load) return callback(new Error(`No messages ${language}/${namespace}`), null)
    load().then(
      (module) => callback(null, module.default),
      (error: Error) => callback(error, null),
    )
  },
}

/** The nearest language to what the browser asks for: any Chinese is Traditional Chinese. */
export function chooseLanguage(stored: string | null, wanted: readonly string[]): Language {
  if (stored && stored in kLanguages) return stored as Language
  for (const tag of wanted) {
    if (tag.startsWith('zh')) return 'zh-Hant'
    if (tag.startsWith('ja')) return 'ja'
    if (tag.startsWith('en')) return 'en'
  }
  return 'en'
}

export async function startMessages(): Promise<void> {
  const language = chooseLanguage(localStorage.getItem(kStored), navigator.languages)
  document.documentElement.lang = language
  await i18next
    .use(fileBackend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: 'en',
      ns: ['words'],
      defaultNS: 'words',
      fallbackNS: 'words',
      interpolation: { escapeValue: false },
    })
}

export function currentLanguage(): Language {
  return (i18next.resolvedLanguage ?? 'en') as Language
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(kStored, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
