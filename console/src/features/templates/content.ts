import type { StoredTemplate, TemplateContent, TemplateContents, TemplateType } from '@/api/templates'

export const kTemplateTypes: readonly TemplateType[] = ['EMAIL', 'PUSH', 'SMS', 'VOICE', 'INAPP']

const kSlide = {
  BackgroundColor: '#FFFFFF',
  HeaderConfig: { Alignment: 'LEFT', Header: '', TextColor: '#111111' },
  BodyConfig: { Alignment: 'LEFT', Body: '', TextColor: '#333333' },
} as const

export function newSlide(): NonNullable<TemplateContents['INAPP']['Content']>[number] {
  return structuredClone(kSlide)
}

/** What stands in the form of a template that is new. */
export function emptyContent(type: TemplateType): TemplateContent {
  if (type === 'VOICE') return { LanguageCode: 'en-US', VoiceId: 'Joanna' }
  if (type === 'INAPP') return { Layout: 'BOTTOM_BANNER', Content: [newSlide()] }
  if (type === 'PUSH') return { Default: { Action: 'OPEN_APP' } }
  return {}
}

const kAnswered = new Set([
  'Arn',
  'CreationDate',
  'LastModifiedDate',
  'TemplateName',
  'TemplateType',
  'Version',
  'tags',
])

/** What was written, of what the server answers: without what it added. */
export function contentOf(stored: StoredTemplate): TemplateContent {
  return Object.fromEntries(
    Object.entries(stored).filter(([name]) => !kAnswered.has(name)),
  ) as TemplateContent
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((one) => !isEmpty(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, withoutEmpty(member)] as const)
      .filter(([, member]) => !isEmpty(member)),
  )
}

/** What goes over the wire: members that were left empty are left out, and so is a heading or text without words. */
export function written(content: TemplateContent): TemplateContent {
  const cleaned = withoutEmpty(content) as TemplateContent
  if (!('Content' in cleaned) || !cleaned.Content) return cleaned
  return {
    ...cleaned,
    Content: cleaned.Content.map(({ HeaderConfig, BodyConfig, PrimaryBtn, SecondaryBtn, ...slide }) => ({
      ...slide,
      ...(HeaderConfig?.Header ? { HeaderConfig } : {}),
      ...(BodyConfig?.Body ? { BodyConfig } : {}),
      ...(PrimaryBtn?.DefaultConfig?.Text ? { PrimaryBtn } : {}),
      ...(SecondaryBtn?.DefaultConfig?.Text ? { SecondaryBtn } : {}),
    })),
  }
}

/** DefaultSubstitutions is JSON in a string: what stands for a variable that somebody lacks. */
export function readDefaults(text: string | undefined): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(text || '{}')
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {}
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  } catch {
    return {}
  }
}

export function writeDefaults(defaults: Record<string, string>): string | undefined {
  const kept = Object.entries(defaults).filter(([, value]) => value !== '')
  return kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : undefined
}

/** A template's name as the server takes it: a letter or digit first, then also `_` and `-`, 128 at most. */
export function isTemplateName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(name)
}
