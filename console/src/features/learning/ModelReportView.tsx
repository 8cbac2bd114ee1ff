import { useTranslation } from 'react-i18next'
import type { ModelReport } from '@/api/models'
import { formatBytes, formatCount, formatDay, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Card } from '@/ui/Card'
import { Grid, Stack } from '@/ui/Layout'
import { LineChart } from '@/ui/LineChart'
import { Stat } from '@/ui/Stat'
import { Facts, Text } from '@/ui/Text'
import { AnswersTable } from './AnswersTable'
import { leading, MetricsTable, metricName } from './MetricsTable'

/** Metrics beside baselines, curves, calibration, and what drives the scores. */
export function ModelReportView({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const { data } = report
  return (
    <Stack>
      <Grid columns={4}>
        <Stat label={t('report.users')} value={formatCount(data.users)} />
        {data.items !== undefined && data.actions === undefined && (
          <Stat label={t('report.items')} value={formatCount(data.items)} />
        )}
        {data.actions !== undefined && (
          <Stat
            label={t('report.actions')}
            value={formatCount(data.actions)}
            hint={t('report.actionsScored', { value: formatCount(data.actionsWithScores ?? 0) })}
          />
        )}
        {data.actionInteractions === undefined ? (
          <Stat label={t('report.interactions')} value={formatCount(data.interactions)} />
        ) : (
          <Stat label={t('report.answers')} value={formatCount(data.actionInteractions)} />
        )}
        {report.trainingSeconds !== undefined && (
          <Stat
            label={t('report.seconds')}
            value={t('report.secondsValue', { value: formatCount(report.trainingSeconds) })}
            hint={report.modelBytes ? formatBytes(report.modelBytes) : undefined}
          />
        )}
      </Grid>
      <Card title={t('report.quality')} hint={t('report.qualityHint')}>
        <MetricsTable report={report} />
      </Card>
      <Grid columns={2}>
        <Curve report={report} />
        <Calibration report={report} />
        {report.influence && report.influence.length > 0 && (
          <Card>
            <BarChart
              title={t('report.influence')}
              valueName={t('try.share')}
              formatValue={formatShare}
              bars={report.influence.slice(0, 12).map(({ name, share }) => ({ label: name, value: share }))}
            />
          </Card>
        )}
        <Periods title={t('report.over')} name={t('report.interactions')} periods={data.periods} />
        <Periods title={t('report.answersOver')} name={t('report.answers')} periods={data.actionPeriods} />
      </Grid>
      {data.answers && data.answers.length > 0 && <AnswersTable answers={data.answers} />}
      {report.hyperparameters && Object.keys(report.hyperparameters).length > 0 && (
        <Card title={t('report.parameters')}>
          <Facts facts={Object.entries(report.hyperparameters)} />
        </Card>
      )}
    </Stack>
  )
}

function Periods({
  title,
  name,
  periods,
}: {
  title: string
  name: string
  periods: { time: number; count: number }[] | undefined
}) {
  if (!periods || periods.length < 2) return null
  return (
    <Card>
      <LineChart
        title={title}
        points={periods.map(({ time }) => new Date(time * 1000))}
        series={[{ name, values: periods.map(({ count }) => count) }]}
        formatPoint={(point) => formatDay(point)}
      />
    </Card>
  )
}

function Curve({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const curve = report.learningCurve
  const lead = leading(report.metrics)
  if (!curve || curve.length < 2 || !lead) return null
  return (
    <Card>
      <LineChart
        title={t('report.curve')}
        points={curve.map(({ share }) => share)}
        series={[
          {
            name: metricName(t, lead),
            values: curve.map((at) => at.metrics[lead] ?? 0),
          },
        ]}
        formatPoint={(share) => formatShare(Number(share), 0)}
        formatValue={(value) => value.toFixed(3)}
      />
    </Card>
  )
}

function Calibration({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const bins = report.calibration
  if (!bins || bins.length < 2) return null
  return (
    <Card>
      <LineChart
        title={t('report.calibration')}
        points={bins.map(({ predicted }) => predicted)}
        series={[
          { name: t('report.observed'), values: bins.map(({ observed }) => observed) },
          { name: t('report.perfect'), values: bins.map(({ predicted }) => predicted) },
        ]}
        formatPoint={(predicted) => formatShare(Number(predicted), 0)}
        formatValue={(value) => formatShare(value, 0)}
      />
      {report.calibrationError !== undefined && (
        <Text>{t('report.calibrationError', { value: formatShare(report.calibrationError) })}</Text>
      )}
    </Card>
  )
}
