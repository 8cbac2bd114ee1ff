import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { serverSettingsQuery } from '@/api/appSettings'
import { campaignQuery, campaignSearchQuery } from '@/api/campaigns'
import { useDebounced } from '@/lib/useDebounced'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Grid, Row, Stack } from '@/ui/Layout'
import { Picker } from '@/ui/Picker'
import { SuggestField } from '@/ui/SuggestField'
import { Text } from '@/ui/Text'
import type { MonitorForm } from './form'

const kRules = ['lateMinutes', 'audienceMinimum', 'failurePercent', 'stuckMinutes'] as const

interface WatchFieldsProps {
  app: string
  /** The campaign that is watched, once it is stored: it cannot stand in for itself. */
  campaign?: string
  form: MonitorForm
  errorOf: (field: string) => string | undefined
  onChange: (change: Partial<MonitorForm>) => void
}

/** When to raise an alarm, and what an alarm does: who is told, what is called, which campaign stands in. */
export function WatchFields({ app, campaign, form, errorOf, onChange }: WatchFieldsProps) {
  const { t } = useTranslation('campaigns')
  const hooks = useQuery(serverSettingsQuery()).data?.Hooks ?? []
  return (
    <>
      <Grid columns={2}>
        {kRules.map((name) => (
          <TextField
            key={name}
            label={t(`rules.${name}`)}
            isOptional
            inputMode="numeric"
            value={form[name]}
            error={errorOf(name)}
            onChange={(event) => onChange({ [name]: event.target.value })}
          />
        ))}
        <TextField
          label={t('rules.email')}
          isOptional
          type="email"
          value={form.email}
          onChange={(event) => onChange({ email: event.target.value })}
        />
        <SuggestField
          label={t('rules.hook')}
          isOptional
          hint={t('rules.hookHint')}
          value={form.hook}
          suggestions={hooks}
          onChange={(hook) => onChange({ hook })}
        />
      </Grid>
      <Failover
        app={app}
        campaign={campaign}
        chosen={form.failover}
        onChange={(failover) => onChange({ failover })}
      />
      {errorOf('rules') && <Text tone="bad">{errorOf('rules')}</Text>}
    </>
  )
}

function Failover({
  app,
  campaign,
  chosen,
  onChange,
}: {
  app: string
  campaign?: string
  chosen: string
  onChange: (campaign: string) => void
}) {
  const { t } = useTranslation('campaigns')
  const [typed, setTyped] = useState('')
  const query = useDebounced(typed.trim())
  const found = useQuery(campaignSearchQuery(app, { query: query || undefined, state: 'PAUSED' }))
  const stored = useQuery({ ...campaignQuery(app, chosen), enabled: chosen !== '' })
  return (
    <Stack gap="small">
      <Text strong>{t('rules.failover')}</Text>
      <Text tone="soft">{t('rules.failoverHint')}</Text>
      <Row>
        {chosen !== '' && (
          <>
            <Text>{stored.data?.Name ?? chosen}</Text>
            <Button onClick={() => onChange('')}>{t('remove')}</Button>
          </>
        )}
        <Picker
          label={t('rules.chooseFailover')}
          searchLabel={t('search')}
          query={typed}
          empty={t('rules.noPaused')}
          options={(found.data?.Item ?? [])
            .filter(({ Id }) => Id !== campaign)
            .map(({ Id, Name }) => ({ value: Id, label: Name }))}
          onQuery={setTyped}
          onPick={onChange}
        />
      </Row>
    </Stack>
  )
}
