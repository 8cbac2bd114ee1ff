import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CampaignResults, resultsQuery } from '@/api/campaigns'
import { fieldsQuery } from '@/api/fields'
import { formatCount, formatDay, formatMoment, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Grid, Stack } from '@/ui/Layout'
import { LineChart } from '@/ui/LineChart'
import { Loaded } from '@/ui/Loaded'
import { EmptyState } from '@/ui/States'
import { SuggestField } from '@/ui/SuggestField'
import { Text } from '@/ui/Text'
import { FunnelTable, funnelBars } from './FunnelTable'
import { Exclusions } from './ReviewStep'
import { Treatments } from './Treatments'
import { Verdict } from './Verdict'

const kHours = [1, 6, 24, 72, 168, 336, 720]
const kHoursDefault = 168

interface ResultsProps {
  app: string
  campaign: string
  event?: string
  hours?: number
  isRunning: boolean
  onLook: (change: { event?: string; hours?: number }) => void
}

/** What came of a campaign, from whom it was meant for to who did what it was for. */
export function Results({ app, campaign, event, hours, isRunning, onLook }: ResultsProps) {
  const results = useQuery(resultsQuery(app, campaign, { event, hours: hours ?? kHoursDefault, isRunning }))
  return (
    <Stack>
      <ConversionForm
        key={`${event}`}
        app={app}
        event={event ?? ''}
        hours={hours ?? kHoursDefault}
        onLook={onLook}
      />
      <Loaded query={results} lines={8}>
        {(data) => <ResultsShown results={data} />}
      </Loaded>
    </Stack>
  )
}

function ConversionForm({
  app,
  event,
  hours,
  onLook,
}: {
  app: string
  event: string
  hours: number
  onLook: ResultsProps['onLook']
}) {
  const { t } = useTranslation('campaigns')
  const [typed, setTyped] = useState(event)
  const known = useQuery(fieldsQuery(app)).data?.EventTypes ?? []
  return (
    <Card title={t('conversion')} hint={t('conversionHint')}>
      <Form
        onSubmit={(submitted) => {
          submitted.preventDefault()
          onLook({ event: typed.trim() || undefined })
        }}
        buttons={
          <Button type="submit" disabled={typed.trim() === event}>
            {t('count')}
          </Button>
        }
      >
        <Grid columns={2}>
          <SuggestField
            label={t('conversionEvent')}
            value={typed}
            suggestions={known.map(({ EventType }) => EventType).filter((name) => !name.startsWith('_'))}
            onChange={setTyped}
          />
          <SelectField
            label={t('window')}
            value={String(hours)}
            onChange={(change) => onLook({ hours: Number(change.target.value) })}
            options={[...new Set([...kHours, hours])]
              .sort((a, b) => a - b)
              .map((one) => [
                String(one),
                one % 24 === 0 && one > 24 ? t('days', { count: one / 24 }) : t('hours', { count: one }),
              ])}
          />
        </Grid>
      </Form>
    </Card>
  )
}

function ResultsShown({ results }: { results: CampaignResults }) {
  const { t } = useTranslation('campaigns')
  if (results.Funnel.TargetedCount === 0 && results.Skipped.length === 0)
    return <EmptyState title={t('noResults')} hint={t('noResultsHint')} />
  return (
    <Stack gap="large">
      <Card>
        <BarChart title={t('funnel')} valueName={t('endpoints')} bars={funnelBars(t, results.Funnel)} />
        <Text tone="soft" size="small">
          {t('counted', { from: formatMoment(results.StartTime), to: formatMoment(results.EndTime) })}
        </Text>
      </Card>
      <Verdict results={results} />
      <Treatments results={results} />
      {results.Channels.length > 0 && (
        <Card title={t('byChannel')}>
          <FunnelTable
            label={t('byChannel')}
            first={t('channel')}
            rows={results.Channels.map(({ ChannelType, Funnel }) => ({
              name: t(`channels.${ChannelType}`),
              funnel: Funnel,
            }))}
          />
        </Card>
      )}
      {results.Days.length > 1 && <Days results={results} />}
      {results.Skipped.length > 0 && (
        <Card title={t('skipped')} hint={t('skippedHint')}>
          <Exclusions excluded={results.Skipped} title={t('reason')} />
        </Card>
      )}
    </Stack>
  )
}

function Days({ results }: { results: CampaignResults }) {
  const { t } = useTranslation('campaigns')
  const rateOf = (rate: { Rate?: number } | undefined) => rate?.Rate ?? 0
  const hasConversion = results.ConversionEvent !== undefined
  return (
    <Grid columns={2}>
      <Card>
        <LineChart
          title={t('byDay')}
          points={results.Days.map(({ Date: day }) => new Date(day))}
          formatPoint={(point) => formatDay(Number(point), 'UTC')}
          formatValue={(value) => formatCount(value, 'short')}
          series={[
            { name: t('funnelSteps.sent'), values: results.Days.map(({ Funnel }) => Funnel.Sent.Count) },
            { name: t('funnelSteps.opened'), values: results.Days.map(({ Funnel }) => Funnel.Opened.Count) },
            {
              name: t('funnelSteps.clicked'),
              values: results.Days.map(({ Funnel }) => Funnel.Clicked.Count),
            },
          ]}
        />
      </Card>
      {hasConversion && (
        <Card>
          <LineChart
            title={t('conversionByDay')}
            points={results.Days.map(({ Date: day }) => new Date(day))}
            formatPoint={(point) => formatDay(Number(point), 'UTC')}
            formatValue={(value) => formatShare(value)}
            series={[
              { name: t('gotIt'), values: results.Days.map(({ Funnel }) => rateOf(Funnel.Converted)) },
              ...(results.Holdout
                ? [{ name: t('heldOut'), values: results.Days.map(({ Holdout }) => rateOf(Holdout)) }]
                : []),
            ]}
          />
        </Card>
      )}
    </Grid>
  )
}
