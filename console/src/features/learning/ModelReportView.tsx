import { useTranslation } from 'react-i18next'
import type { ModelReport } from '@/api/models'
import { formatBytes, formatCount, formatDay, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Card } from '@/ui/Card'
import { Grid, Stack } from '@/ui/Layout'
import { LineChart } from '@/ui/LineChart'
import { Stat } from '@/ui/Stat'
import { Table } from '@/ui/Table'
import { Facts, Text } from '@/ui/Text'

/** The metric people look at first: how often what is wanted stands among the first. */
function leading(metrics: Record<string, number>): string | undefined {
  const names = Object.keys(metrics)
  const wanted = [
    'normalized_discounted_cumulative_gain_at_10',
    'normalized_discounted_cumulative_gain_at_25',
    'hit',
  ]
  return wanted.flatMap((start) => names.filter((name) => name.startsWith(start)))[0] ?? names[0]
}

/** Metrics beside popularity and chance, curves, calibration, and what drives the scores. */
export function ModelReportView({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const { data } = report
  return (
    <Stack>
      <Grid columns={4}>
        <Stat label={t('report.users')} value={formatCount(data.users)} />
        {data.items !== undefined && <Stat label={t('report.items')} value={formatCount(data.items)} />}
        <Stat label={t('report.interactions')} value={formatCount(data.interactions)} />
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
        {data.periods && data.periods.length > 1 && (
          <Card>
            <LineChart
              title={t('report.over')}
              points={data.periods.map(({ time }) => new Date(time * 1000))}
              series={[{ name: t('report.interactions'), values: data.periods.map(({ count }) => count) }]}
              formatPoint={(point) => formatDay(point)}
            />
          </Card>
        )}
      </Grid>
      {report.hyperparameters && Object.keys(report.hyperparameters).length > 0 && (
        <Card title={t('report.parameters')}>
          <Facts facts={Object.entries(report.hyperparameters)} />
        </Card>
      )}
    </Stack>
  )
}

function MetricsTable({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const { metrics, baselines } = report
  const lead = leading(metrics)
  const times =
    lead && baselines?.popularity[lead] ? (metrics[lead] ?? 0) / baselines.popularity[lead] : undefined
  const shown = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4))
  return (
    <Stack gap="small">
      {times !== undefined && (
        <Text strong>
          {t('report.verdict', {
            times: formatCount(times),
            metric: t(`metric.${lead}`, { defaultValue: lead }),
          })}
        </Text>
      )}
      <Table
        label={t('report.quality')}
        items={Object.keys(metrics)}
        keyOf={(name) => name}
        columns={[
          {
            key: 'name',
            title: t('report.metric'),
            cell: (name) => t(`metric.${name}`, { defaultValue: name }),
          },
          { key: 'model', title: t('report.model'), isNumber: true, cell: (name) => shown(metrics[name]) },
          ...(baselines
            ? [
                {
                  key: 'popularity',
                  title: t('report.popularity'),
                  isNumber: true,
                  cell: (name: string) => shown(baselines.popularity[name]),
                },
                {
                  key: 'random',
                  title: t('report.random'),
                  isNumber: true,
                  cell: (name: string) => shown(baselines.random[name]),
                },
              ]
            : []),
        ]}
      />
    </Stack>
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
            name: t(`metric.${lead}`, { defaultValue: lead }),
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
    </Card>
  )
}
