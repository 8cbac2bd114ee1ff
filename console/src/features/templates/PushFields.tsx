import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TemplateContents } from '@/api/templates'
import { Button } from '@/ui/Button'
import { CompletedField } from '@/ui/CompletedField'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Heading } from '@/ui/Text'
import type { FieldsProps } from './TemplateFields'

type Push = TemplateContents['PUSH']
const kActions = ['OPEN_APP', 'DEEP_LINK', 'URL'] as const
const kPlatforms = ['APNS', 'GCM'] as const

/** One text for all devices, and, where it must differ, one for Apple's and one for Android's. */
export function PushFields(props: FieldsProps<'PUSH'>) {
  const { content, onChange } = props
  const { t } = useTranslation('templates')
  const [isApart, setApart] = useState(
    kPlatforms.some((platform) => content[platform]?.Title || content[platform]?.Body),
  )
  const set = (change: Push['Default']) =>
    onChange({ ...content, Default: { ...content.Default, ...change } })
  const action = content.Default?.Action ?? 'OPEN_APP'
  const image = content.GCM?.ImageUrl ?? content.APNS?.MediaUrl ?? ''
  return (
    <Stack>
      <Words {...props} platform="Default" />
      <Row gap="medium" align="start">
        <SelectField
          label={t('onTap')}
          value={action}
          onChange={(event) => set({ Action: event.target.value as (typeof kActions)[number] })}
          options={kActions.map((one) => [one, t(`actions.${one}`)])}
        />
        {action !== 'OPEN_APP' && (
          <TextField
            label={t('url')}
            value={content.Default?.Url ?? ''}
            error={props.problemOf('Default.Url')}
            onChange={(event) => set({ Url: event.target.value })}
          />
        )}
      </Row>
      <TextField
        label={t('image')}
        isOptional
        type="url"
        value={image}
        onChange={(event) =>
          onChange({
            ...content,
            GCM: { ...content.GCM, ImageUrl: event.target.value },
            APNS: { ...content.APNS, MediaUrl: event.target.value },
          })
        }
      />
      {isApart ? (
        kPlatforms.map((platform) => (
          <Stack key={platform}>
            <Heading level={3}>{t(`platforms.${platform}`)}</Heading>
            <Words {...props} platform={platform} />
          </Stack>
        ))
      ) : (
        <Row>
          <Button onClick={() => setApart(true)}>{t('sayApart')}</Button>
        </Row>
      )}
    </Stack>
  )
}

function Words({
  content,
  onChange,
  suggestions,
  problemOf,
  platform,
}: FieldsProps<'PUSH'> & { platform: 'Default' | 'APNS' | 'GCM' }) {
  const { t } = useTranslation('templates')
  const set = (change: { Title?: string; Body?: string }) =>
    onChange({ ...content, [platform]: { ...content[platform], ...change } })
  const isOptional = platform !== 'Default'
  return (
    <>
      <CompletedField
        label={isOptional ? t('titleOn', { platform: t(`platforms.${platform}`) }) : t('pushTitle')}
        isOptional={isOptional}
        value={content[platform]?.Title ?? ''}
        onChange={(Title) => set({ Title })}
        suggestions={suggestions}
        error={problemOf(`${platform}.Title`)}
      />
      <CompletedField
        label={isOptional ? t('bodyOn', { platform: t(`platforms.${platform}`) }) : t('body')}
        isOptional={isOptional}
        rows={4}
        value={content[platform]?.Body ?? ''}
        onChange={(Body) => set({ Body })}
        suggestions={suggestions}
        hint={isOptional ? undefined : t('variablesHint', { open: '{{' })}
        error={problemOf(`${platform}.Body`)}
      />
    </>
  )
}
