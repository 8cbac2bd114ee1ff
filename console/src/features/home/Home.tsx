import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Overview, overviewQuery } from '@/api/overview'
import { formatAgo, formatCount, formatMoment } from '@/lib/format'
import { currentLanguage } from '@/lib/messages'
import { Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Grid, Stack } from '@/ui/Layout'
import { LineChart } from '@/ui/LineChart'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { Progress } from '@/ui/Progress'
import { Stat } from '@/ui/Stat'
import { Text } from '@/ui/Text'
import { Attention } from './Attention'
import { FirstSteps } from './FirstSteps'

/** The live picture of an application; of an empty one, the way to a first campaign. */
export function Home({ app }: { app: string }) {
  const { t } = useTranslation('home')
  const overview = useQuery(overviewQuery(app))
  return (
    <Page title={t('title')}>
      <Loaded query={overview} lines={10}>
        {(data) => (
          <>
            <FirstSteps app={app} overview={data} />
            <Grid columns={4}>
              <Stat label={t('endpoints')} value={formatCount(data.EndpointCount)} />
              <Stat label={t('users')} value={formatCount(data.UserCount)} />
              <Stat label={t('events')} value={formatCount(data.Totals.Events)} hint={t('lastHour')} />
              <Stat label={t('messages')} value={formatCount(data.Totals.Sent)} hint={t('lastHour')} />
            </Grid>
            <Attention app={app} overview={data} />
            <Minutes overview={data} />
            <Grid columns={2}>
              <Running app={app} overview={data} />
              <Upcoming app={app} overview={data} />
            </Grid>
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** A minute of the charts, as a clock shows it. */
function clock(moment: Date | number): string {
  return new Intl.DateTimeFormat(currentLanguage(), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(moment)
}

function Minutes({ overview }: { overview: Overview }) {
  const { t } = useTranslation('home')
  const minutes = overview.Minutes
  const points = minutes.map(({ Time }) => new Date(Time))
  if (points.length < 2) return null
  return (
    <Grid columns={2}>
      <Card>
        <LineChart
          title={t('eventsPerMinute')}
          points={points}
          formatPoint={clock}
          series={[{ name: t('events'), values: minutes.map(({ Events }) => Events) }]}
        />
      </Card>
      <Card>
        <LineChart
          title={t('messagesPerMinute')}
          points={points}
          formatPoint={clock}
          series={[
            { name: t('sent'), values: minutes.map(({ Sent }) => Sent) },
            { name: t('opened'), values: minutes.map(({ Opened }) => Opened) },
            { name: t('failed'), values: minutes.map(({ Failed }) => Failed) },
          ]}
        />
      </Card>
    </Grid>
  )
}

function Running({ app, overview }: { app: string; overview: Overview }) {
  const { t } = useTranslation('home')
  const shareOf = ({ ChunksDone, ChunksTotal }: Overview['RunningCampaigns'][number]) =>
    ChunksTotal ? (ChunksDone ?? 0) / ChunksTotal : undefined
  return (
    <Card title={t('running', { count: overview.RunningCampaignCount })}>
      {overview.RunningCampaigns.length === 0 && <Text tone="soft">{t('nothingRuns')}</Text>}
      {overview.RunningCampaigns.map((run) => (
        <Stack key={run.CampaignActivityId} gap="none">
          <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign: run.CampaignId }}>
            {run.Name}
          </Link>
          {run.IsEventTriggered ? (
            <Text tone="soft" size="small">
              {t('listens', { sent: formatCount(run.SentCount ?? 0) })}
            </Text>
          ) : (
            <Progress
              label={t('progressOf', { name: run.Name })}
              share={shareOf(run)}
              detail={t('sentOf', {
                sent: formatCount(run.SentCount ?? 0),
                targeted: formatCount(run.TargetedCount ?? 0),
              })}
            />
          )}
        </Stack>
      ))}
    </Card>
  )
}

function Upcoming({ app, overview }: { app: string; overview: Overview }) {
  const { t } = useTranslation('home')
  return (
    <Card
      title={t('upcoming', { count: overview.UpcomingCampaignCount })}
      actions={
        <Link to="/apps/$app/calendar" params={{ app }}>
          {t('openCalendar')}
        </Link>
      }
    >
      {overview.UpcomingCampaigns.length === 0 && <Text tone="soft">{t('nothingComes')}</Text>}
      {overview.UpcomingCampaigns.map((run) => (
        <Stack key={run.CampaignActivityId} gap="none">
          <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign: run.CampaignId }}>
            {run.Name}
          </Link>
          <Text tone="soft" size="small">
            {formatMoment(run.ScheduledDate)} · {formatAgo(run.ScheduledDate)}
          </Text>
        </Stack>
      ))}
    </Card>
  )
}
