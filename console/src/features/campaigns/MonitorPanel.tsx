import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Monitor, monitorQuery, usePutMonitor } from '@/api/campaigns'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Grid, Stack } from '@/ui/Layout'
import { Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { useToast } from '@/ui/Toast'
import { monitorFromWire, monitorToWire } from './form'

const kRules = ['lateMinutes', 'audienceMinimum', 'failurePercent', 'stuckMinutes', 'email'] as const

/** What a campaign's runs are watched for, and the alarms they raised. */
export function MonitorPanel({ app, campaign }: { app: string; campaign: string }) {
  const monitor = useQuery(monitorQuery(app, campaign))
  if (monitor.isPending) return null
  return (
    <Stack>
      <Alarms alarms={monitor.data?.Alarms ?? []} />
      <RulesForm
        key={JSON.stringify(monitor.data)}
        app={app}
        campaign={campaign}
        monitor={monitor.data ?? null}
      />
    </Stack>
  )
}

function Alarms({ alarms }: { alarms: Monitor['Alarms'] }) {
  const { t } = useTranslation('campaigns')
  return (
    <Card title={t('alarms')}>
      {alarms.length === 0 ? (
        <Text tone="soft">{t('noAlarms')}</Text>
      ) : (
        <Table
          label={t('alarms')}
          items={alarms}
          keyOf={({ CampaignActivityId, Rule, RaisedDate }) => `${CampaignActivityId}${Rule}${RaisedDate}`}
          columns={[
            { key: 'rule', title: t('alarm'), cell: ({ Rule }) => t(`alarmRules.${Rule}`) },
            { key: 'detail', title: t('detail'), cell: ({ Detail }) => Detail },
            { key: 'when', title: t('raised'), cell: ({ RaisedDate }) => formatMoment(RaisedDate) },
          ]}
        />
      )}
    </Card>
  )
}

function RulesForm({ app, campaign, monitor }: { app: string; campaign: string; monitor: Monitor | null }) {
  const { t } = useTranslation('campaigns')
  const mayChange = useMay()('rapport.PutCampaignMonitor')
  const toast = useToast()
  const put = usePutMonitor(app)
  const stored = monitorFromWire(monitor)
  const [form, setForm] = useState(stored)
  const isNumber = (name: string, text: string) =>
    name === 'email' || text === '' || (Number.isInteger(Number(text)) && Number(text) >= 0)
  const isRight = kRules.every((name) => isNumber(name, form[name]))
  const kept = { FailoverCampaignId: monitor?.FailoverCampaignId, Hook: monitor?.Hook }
  return (
    <Card title={t('watch')} hint={t('watchHint')}>
      <Form
        error={put.error}
        isChanged={kRules.some((name) => form[name] !== stored[name])}
        lostWith={['tab']}
        onSubmit={(event) => {
          event.preventDefault()
          const rules = monitorToWire(form)
          if (isRight && (rules || monitor))
            put.mutate(
              { campaign, rules: rules ? { ...kept, ...rules } : null },
              { onSuccess: () => toast(t('changesSaved')) },
            )
        }}
        buttons={
          mayChange && (
            <Button type="submit" look="primary" isBusy={put.isPending}>
              {t('words:save')}
            </Button>
          )
        }
      >
        <Grid columns={2}>
          {kRules.map((name) => (
            <TextField
              key={name}
              label={t(`rules.${name}`)}
              isOptional
              disabled={!mayChange}
              value={form[name]}
              error={isNumber(name, form[name]) ? undefined : t('mistakes.wholeNumber')}
              onChange={(event) => setForm({ ...form, [name]: event.target.value })}
            />
          ))}
        </Grid>
      </Form>
    </Card>
  )
}
