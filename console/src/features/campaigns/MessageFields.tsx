import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { type TemplateType, templateSearchQuery } from '@/api/templates'
import { Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { CompletedField } from '@/ui/CompletedField'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { SuggestField } from '@/ui/SuggestField'
import { Text } from '@/ui/Text'
import type { FormChannel, MessageForm } from './form'

const kOffered = 50
const kFolders: Record<string, string> = {
  ATTRIBUTE: 'Attributes.',
  USER_ATTRIBUTE: 'User.UserAttributes.',
  METRIC: 'Metrics.',
  DEMOGRAPHIC: 'Demographic.',
  LOCATION: 'Location.',
}

/** What goes out on one channel: nothing, a template, or words written here. */
export function MessageFields({
  app,
  channel,
  message,
  error,
  isOffered,
  onChange,
}: {
  app: string
  channel: FormChannel
  message: MessageForm
  error?: string
  isOffered: boolean
  onChange: (message: MessageForm) => void
}) {
  const { t } = useTranslation('campaigns')
  if (!isOffered) return null
  const kinds = channel === 'INAPP' && message.kind !== 'inline' ? (['none', 'template'] as const) : kKinds
  return (
    <Stack gap="small">
      <Card title={t(`channels.${channel}`)}>
        <SelectField
          label={t('messageOn', { channel: t(`channels.${channel}`) })}
          isLabelHidden
          value={message.kind}
          onChange={(event) => onChange({ ...message, kind: event.target.value as MessageForm['kind'] })}
          options={kinds.map((kind) => [kind, t(`kinds.${kind}`)])}
        />
        {message.kind === 'template' && (
          <TemplateChoice app={app} channel={channel} message={message} error={error} onChange={onChange} />
        )}
        {message.kind === 'inline' && (
          <InlineMessage app={app} channel={channel} message={message} error={error} onChange={onChange} />
        )}
      </Card>
    </Stack>
  )
}

const kKinds = ['none', 'template', 'inline'] as const

interface ChoiceProps {
  app: string
  channel: FormChannel
  message: MessageForm
  error?: string
  onChange: (message: MessageForm) => void
}

function TemplateChoice({ app, channel, message, error, onChange }: ChoiceProps) {
  const { t } = useTranslation('campaigns')
  const [query, setQuery] = useState(message.template)
  const type: TemplateType = channel
  const found = useQuery(templateSearchQuery({ query: query || undefined, type }, kOffered))
  const isKnown = found.data?.Item.some(({ TemplateName }) => TemplateName === message.template)
  return (
    <Stack gap="small">
      <SuggestField
        label={t('template')}
        hint={t('templateHint')}
        value={message.template}
        suggestions={(found.data?.Item ?? []).map(({ TemplateName }) => TemplateName)}
        error={error}
        onChange={(template) => {
          setQuery(template)
          onChange({ ...message, template, version: '' })
        }}
      />
      {found.data?.Total === 0 && query === '' && <Text tone="warn">{t('noTemplate')}</Text>}
      <Row>
        {isKnown && (
          <Link
            to="/apps/$app/templates/$type/$name"
            params={{ app, type: type.toLowerCase(), name: message.template }}
            target="_blank"
          >
            {t('lookAtTemplate')}
          </Link>
        )}
        <Link to="/apps/$app/templates/new" params={{ app }} search={{ type }} target="_blank">
          {t('newTemplate')}
        </Link>
      </Row>
    </Stack>
  )
}

function InlineMessage({ app, channel, message, error, onChange }: ChoiceProps) {
  const { t } = useTranslation('campaigns')
  const fields = useQuery(fieldsQuery(app))
  const suggestions = (fields.data?.Fields ?? []).map(({ Kind, Name }) => ({
    text: `${kFolders[Kind] ?? ''}${Name}`,
  }))
  const set = (change: Partial<MessageForm>) => onChange({ ...message, ...change })
  if (channel === 'INAPP') return <Text tone="soft">{t('inAppKept')}</Text>
  return (
    <Stack gap="small">
      {channel !== 'SMS' && (
        <CompletedField
          label={channel === 'EMAIL' ? t('subject') : t('pushTitle')}
          value={message.title}
          onChange={(title) => set({ title })}
          suggestions={suggestions}
        />
      )}
      {channel === 'EMAIL' && (
        <CompletedField
          label="HTML"
          rows={8}
          isCode
          value={message.html}
          onChange={(html) => set({ html })}
          suggestions={suggestions}
        />
      )}
      <CompletedField
        label={channel === 'EMAIL' ? t('plainText') : t('text')}
        rows={4}
        value={message.body}
        onChange={(body) => set({ body })}
        suggestions={suggestions}
        error={error}
      />
      {channel === 'PUSH' && (
        <TextField
          label={t('opens')}
          isOptional
          type="url"
          value={message.url}
          onChange={(event) => set({ url: event.target.value })}
        />
      )}
    </Stack>
  )
}
