import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Activity, activitiesQuery } from '@/api/campaigns'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Card } from '@/ui/Card'
import { Stack } from '@/ui/Layout'
import { Progress } from '@/ui/Progress'
import { ErrorState } from '@/ui/States'
import { Table } from '@/ui/Table'

const kTones: Record<string, BadgeTone> = {
  RUNNING: 'good',
  INITIALIZING: 'good',
  CANCELLED: 'bad',
  PENDING: 'accent',
}

const isGoing = ({ State }: Activity) => State === 'RUNNING' || State === 'INITIALIZING'

/** How many of a run's messages are done, of how many; of a local-time run, how many time zones. */
function progressOf(run: Activity): number | undefined {
  if (run.TimezonesTotalCount && run.TimezonesTotalCount > 1)
    return (run.TimezonesCompletedCount ?? 0) / run.TimezonesTotalCount
  const total = Number(run.ExecutionMetrics?.ENDPOINT_PRODUCED ?? 0)
  if (!total) return undefined
  return Math.min(1, (run.TotalEndpointCount ?? 0) / total)
}

/** The runs of a campaign, newest first; one that is under way shows how far it is. */
export function Runs({ app, campaign }: { app: string; campaign: string }) {
  const { t } = useTranslation('campaigns')
  const runs = useQuery(activitiesQuery(app, campaign))
  if (runs.error) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />
  if (!runs.data || runs.data.length === 0) return null
  const going = runs.data.filter(isGoing)
  const nameOf = ({ TreatmentId = '0' }: Activity) =>
    t('treatmentLetter', { letter: String.fromCharCode(65 + Number(TreatmentId)) })
  const hasTreatments = new Set(runs.data.map(({ TreatmentId }) => TreatmentId)).size > 1
  return (
    <Card title={t('runs')}>
      {going.map((run) => (
        <Progress
          key={run.Id}
          label={hasTreatments ? `${t('running')}: ${nameOf(run)}` : t('running')}
          share={progressOf(run)}
          detail={t('handledSoFar', { count: run.TotalEndpointCount ?? 0 })}
        />
      ))}
      <Stack>
        <Table
          label={t('runs')}
          items={runs.data}
          keyOf={({ Id }) => Id}
          columns={[
            {
              key: 'start',
              title: t('start'),
              cell: ({ Start, ScheduledStart }) => {
                const moment = Start ?? ScheduledStart
                return moment ? formatMoment(moment) : '–'
              },
            },
            ...(hasTreatments ? [{ key: 'treatment', title: t('treatment'), cell: nameOf }] : []),
            {
              key: 'state',
              title: t('words:status'),
              cell: ({ State = 'PENDING', Result }) => (
                <Badge tone={Result === 'FAIL' ? 'bad' : (kTones[State] ?? 'plain')}>
                  {Result === 'FAIL' ? t('failed') : t(`runStates.${State}`)}
                </Badge>
              ),
            },
            {
              key: 'attempted',
              title: t('attempted'),
              isNumber: true,
              cell: ({ TotalEndpointCount = 0 }) => formatCount(TotalEndpointCount),
            },
            {
              key: 'successful',
              title: t('successful'),
              isNumber: true,
              cell: ({ SuccessfulEndpointCount = 0 }) => formatCount(SuccessfulEndpointCount),
            },
            {
              key: 'end',
              title: t('ended'),
              cell: ({ End }) => (End ? formatMoment(End) : '–'),
            },
          ]}
        />
      </Stack>
    </Card>
  )
}
