import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Monitor, monitorQuery, usePutMonitor } from '@/api/campaigns'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { FieldGroup, Form } from '@/ui/Form'
import { Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { useToast } from '@/ui/Toast'
import { monitorFromWire, monitorToWire } from './form'
import { watchMistakes } from './mistakes'
import { WatchFields } from './WatchFields'

/** What a campaign's runs are watched for, and the alarms they raised. */
export function MonitorPanel({ app, campaign }: { app: string; campaign: string }) {
  const monitor = useQuery(monitorQuery(app, campaign))
  // Not of the form, which is made anew with what was saved, and would not hear of it.
  const put = usePutMonitor(app)
  return (
    <Loaded query={monitor}>
      {(data) => (
        <Stack>
          <Alarms alarms={data.Alarms} />
          <RulesForm key={JSON.stringify(data)} app={app} campaign={campaign} monitor={data} put={put} />
        </Stack>
      )}
    </Loaded>
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

function RulesForm({
  app,
  campaign,
  monitor,
  put,
}: {
  app: string
  campaign: string
  monitor: Monitor
  put: ReturnType<typeof usePutMonitor>
}) {
  const { t } = useTranslation('campaigns')
  const may = useMay()
  const toast = useToast()
  const [stored] = useState(() => monitorFromWire(monitor))
  const [form, setForm] = useState(stored)
  const [isChecked, setChecked] = useState(false)
  const mistakes = watchMistakes(form)
  const rules = monitorToWire(form)
  const isChanged = JSON.stringify(form) !== JSON.stringify(stored)
  const mayChange = may('rapport.PutCampaignMonitor')
  return (
    <Card title={t('watch')} hint={t('watchHint')}>
      <Form
        error={put.error}
        isChanged={isChanged}
        lostWith={['tab']}
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (isChanged && Object.keys(mistakes).length === 0)
            put.mutate({ campaign, rules }, { onSuccess: () => toast(t('changesSaved')) })
        }}
        buttons={
          mayChange && (
            <Button type="submit" look="primary" isBusy={put.isPending} disabled={!isChanged}>
              {t('words:save')}
            </Button>
          )
        }
      >
        <FieldGroup isFixed={!mayChange}>
          <WatchFields
            app={app}
            campaign={campaign}
            form={form}
            errorOf={(field) => {
              const mistake = isChecked ? mistakes[field] : undefined
              return mistake && t(`mistakes.${mistake}`)
            }}
            onChange={(change) => setForm({ ...form, ...change })}
          />
        </FieldGroup>
      </Form>
    </Card>
  )
}
