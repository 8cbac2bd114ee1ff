import { useTranslation } from 'react-i18next'
import type { TemplateContent, TemplateContents, TemplatePreview, TemplateType } from '@/api/templates'
import type { Suggestion } from '@/lib/completion'
import { Button } from '@/ui/Button'
import { CompletedField } from '@/ui/CompletedField'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { mailStarter } from '@/ui/mailStarter'
import { InAppFields } from './InAppFields'
import { PushFields } from './PushFields'

export interface FieldsProps<Type extends TemplateType> {
  content: TemplateContents[Type]
  onChange: (content: TemplateContents[Type]) => void
  suggestions: readonly Suggestion[]
  /** What is wrong with a part, with its place, in words. */
  problemOf: (part: string) => string | undefined
}

/** What the server finds wrong with a part, worst first, each with its line and column. */
export function useProblems(problems: TemplatePreview['Problems'] | undefined) {
  const { t } = useTranslation('templates')
  return (part: string) => {
    const found = (problems ?? []).filter((problem) => problem.Part === part && problem.Severity === 'ERROR')
    if (found.length === 0) return undefined
    return found
      .map(({ Line, Column, Message }) =>
        Line === undefined ? Message : `${t('at', { line: Line, column: Column ?? 1 })}: ${Message}`,
      )
      .join(' · ')
  }
}

/** The fields of a template of whichever type. */
export function TemplateFields({
  type,
  content,
  onChange,
  ...rest
}: {
  type: TemplateType
  content: TemplateContent
  onChange: (content: TemplateContent) => void
  suggestions: readonly Suggestion[]
  problemOf: (part: string) => string | undefined
}) {
  const props = { content, onChange, ...rest }
  if (type === 'EMAIL') return <EmailFields {...(props as FieldsProps<'EMAIL'>)} />
  if (type === 'SMS') return <SmsFields {...(props as FieldsProps<'SMS'>)} />
  if (type === 'VOICE') return <VoiceFields {...(props as FieldsProps<'VOICE'>)} />
  if (type === 'PUSH') return <PushFields {...(props as FieldsProps<'PUSH'>)} />
  return <InAppFields {...(props as FieldsProps<'INAPP'>)} />
}

function EmailFields({ content, onChange, suggestions, problemOf }: FieldsProps<'EMAIL'>) {
  const { t } = useTranslation('templates')
  const set = (change: TemplateContents['EMAIL']) => onChange({ ...content, ...change })
  return (
    <Stack>
      <CompletedField
        label={t('subject')}
        value={content.Subject ?? ''}
        onChange={(Subject) => set({ Subject })}
        suggestions={suggestions}
        error={problemOf('Subject')}
      />
      <CompletedField
        label={t('html')}
        rows={16}
        isCode
        value={content.HtmlPart ?? ''}
        onChange={(HtmlPart) => set({ HtmlPart })}
        suggestions={suggestions}
        hint={t('variablesHint', { open: '{{' })}
        error={problemOf('HtmlPart')}
      />
      {!content.HtmlPart && (
        <Row>
          <Button onClick={() => set({ HtmlPart: mailStarter(t('starterText')) })}>{t('starter')}</Button>
        </Row>
      )}
      <CompletedField
        label={t('text')}
        rows={6}
        isOptional
        value={content.TextPart ?? ''}
        onChange={(TextPart) => set({ TextPart })}
        suggestions={suggestions}
        hint={t('textHint')}
        error={problemOf('TextPart')}
      />
    </Stack>
  )
}

function SmsFields({ content, onChange, suggestions, problemOf }: FieldsProps<'SMS'>) {
  const { t } = useTranslation('templates')
  return (
    <CompletedField
      label={t('body')}
      rows={6}
      value={content.Body ?? ''}
      onChange={(Body) => onChange({ ...content, Body })}
      suggestions={suggestions}
      hint={t('variablesHint', { open: '{{' })}
      error={problemOf('Body')}
    />
  )
}

const kVoiceLanguages = ['en-US', 'en-GB', 'cmn-CN', 'ja-JP', 'de-DE', 'fr-FR', 'es-ES', 'ko-KR']

function VoiceFields({ content, onChange, suggestions, problemOf }: FieldsProps<'VOICE'>) {
  const { t } = useTranslation('templates')
  const language = content.LanguageCode ?? 'en-US'
  return (
    <Stack>
      <CompletedField
        label={t('spoken')}
        rows={8}
        value={content.Body ?? ''}
        onChange={(Body) => onChange({ ...content, Body })}
        suggestions={suggestions}
        hint={t('spokenHint')}
        error={problemOf('Body')}
      />
      <Row gap="medium" align="start">
        <SelectField
          label={t('voiceLanguage')}
          value={language}
          onChange={(event) => onChange({ ...content, LanguageCode: event.target.value })}
          options={[...new Set([...kVoiceLanguages, language])].map((code) => [code, code])}
        />
        <TextField
          label={t('voice')}
          value={content.VoiceId ?? ''}
          onChange={(event) => onChange({ ...content, VoiceId: event.target.value })}
        />
      </Row>
    </Stack>
  )
}
