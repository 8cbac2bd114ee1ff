import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { ModelReport } from '@/api/models'
import { formatCount } from '@/lib/format'
import { Stack } from '@/ui/Layout'
import { Table } from '@/ui/Table'
import { Text } from '@/ui/Text'

/** The metric people look at first: how often what is wanted stands among the first. */
export function leading(metrics: Record<string, number>): string | undefined {
  const names = Object.keys(metrics)
  const wanted = [
    'normalized_discounted_cumulative_gain_at_10',
    'normalized_discounted_cumulative_gain_at_25',
    'hit',
  ]
  return wanted.flatMap((start) => names.filter((name) => name.startsWith(start)))[0] ?? names[0]
}

/** `precision_at_25` and the like in words. */
export function metricName(t: TFunction<'learning'>, name: string): string {
  const [, kind = name, length] = /^(.*)_at_(\d+)$/.exec(name) ?? []
  return t([`metric.${name}`, `metric.${kind}_at`, `metric.${kind}`], { length, defaultValue: name })
}

/** The baseline that comes nearest by this metric. */
function strongest(report: ModelReport, metric: string): string | undefined {
  const at = (name: string) => report.baselines?.[name]?.[metric] ?? 0
  return Object.keys(report.baselines ?? {}).toSorted((a, b) => at(b) - at(a))[0]
}

/** Each metric of the model beside those of simple rules and of chance. */
export function MetricsTable({ report }: { report: ModelReport }) {
  const { t } = useTranslation('learning')
  const { metrics, baselines = {} } = report
  const lead = leading(metrics)
  const rival = lead && strongest(report, lead)
  const reached = lead && rival ? (baselines[rival]?.[lead] ?? 0) : 0
  const shown = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4))
  const title = (name: string) => t(`report.baseline.${name}`, { defaultValue: name })
  return (
    <Stack gap="small">
      {lead && rival && reached > 0 && (
        <Text strong>
          {t('report.verdict', {
            times: formatCount((metrics[lead] ?? 0) / reached),
            baseline: title(rival),
            metric: metricName(t, lead),
          })}
        </Text>
      )}
      <Table
        label={t('report.quality')}
        items={Object.keys(metrics)}
        keyOf={(name) => name}
        columns={[
          { key: 'name', title: t('report.metric'), cell: (name) => metricName(t, name) },
          { key: 'model', title: t('report.model'), isNumber: true, cell: (name) => shown(metrics[name]) },
          ...Object.entries(baselines).map(([baseline, values]) => ({
            key: baseline,
            title: title(baseline),
            isNumber: true,
            cell: (name: string) => shown(values[name]),
          })),
        ]}
      />
    </Stack>
  )
}
