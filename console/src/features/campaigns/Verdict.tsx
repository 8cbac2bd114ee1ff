import { useTranslation } from 'react-i18next'
import type { CampaignResults } from '@/api/campaigns'
import { formatCount, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Card } from '@/ui/Card'
import { Notice } from '@/ui/Notice'
import { Text } from '@/ui/Text'
import type { Rate } from './FunnelTable'
import { verdictOf } from './verdictOf'

const kTones = {
  noEvent: 'info',
  noHoldout: 'info',
  tooFew: 'info',
  unclear: 'warn',
  more: 'good',
  less: 'bad',
} as const

/** Whether the campaign made a difference, in words, and what cannot be concluded. */
export function Verdict({ results }: { results: CampaignResults }) {
  const { t } = useTranslation('campaigns')
  const verdict = verdictOf(results)
  const event = results.ConversionEvent
  const percent = (value: number | undefined) =>
    value === undefined ? '–' : formatShare(value).replace(/^(?=\d)/, value > 0 ? '+' : '')
  const values =
    'lift' in verdict
      ? {
          event,
          difference: percent(verdict.lift.Difference),
          low: percent(verdict.lift.DifferenceLowerBound),
          high: percent(verdict.lift.DifferenceUpperBound),
        }
      : { event }
  const lift = 'lift' in verdict ? verdict.lift : undefined
  const bars = [
    { label: t('gotIt'), rate: results.Funnel.Converted },
    { label: t('heldOut'), rate: results.Holdout?.Converted },
  ].flatMap(({ label, rate }) => (rate?.Rate === undefined ? [] : [barOf(label, rate)]))
  return (
    <Card title={t('didItWork')}>
      <Notice tone={kTones[verdict.kind]} title={t(`verdicts.${verdict.kind}.title`, values)}>
        {t(`verdicts.${verdict.kind}.text`, values)}
      </Notice>
      {verdict.kind === 'more' && lift?.IncrementalConversions !== undefined && (
        <Text>{t('incremental', { count: Math.round(lift.IncrementalConversions), event })}</Text>
      )}
      {lift?.RelativeLift !== undefined && lift.RelativeLiftLowerBound !== undefined && (
        <Text tone="soft" size="small">
          {t('relativeLift', {
            lift: percent(lift.RelativeLift),
            low: percent(lift.RelativeLiftLowerBound),
            high: percent(lift.RelativeLiftUpperBound),
          })}
        </Text>
      )}
      {bars.length > 1 && (
        <BarChart
          title={t('conversionRates', { event })}
          valueName={t('rate')}
          bars={bars}
          formatValue={(value) => formatShare(value)}
        />
      )}
      {results.MixedCount > 0 && (
        <Text tone="soft" size="small">
          {t('mixed', { people: formatCount(results.MixedCount) })}
        </Text>
      )}
    </Card>
  )
}

function barOf(label: string, { Rate: value = 0, LowerBound, UpperBound, Count, Of }: Rate) {
  return {
    label,
    value,
    interval:
      LowerBound === undefined || UpperBound === undefined ? undefined : ([LowerBound, UpperBound] as const),
    note: `(${formatCount(Count)} / ${formatCount(Of)})`,
  }
}
