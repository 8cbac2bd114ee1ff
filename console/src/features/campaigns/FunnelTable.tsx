import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { CampaignResults } from '@/api/campaigns'
import { formatCount, formatShare } from '@/lib/format'
import type { Bar } from '@/ui/BarChart'
import { type Column, Table } from '@/ui/Table'

export type Funnel = CampaignResults['Funnel']
export type Rate = Funnel['Sent']
type Words = TFunction<'campaigns'>

const kSteps = ['Sent', 'Delivered', 'Opened', 'Clicked', 'Converted'] as const
const stepName = (step: (typeof kSteps)[number]) => step.toLowerCase()

/** `12.3% (11.9%–12.7%)`: a rate and where the true one lies with 95 % confidence. */
function rateInWords({ Rate: rate, LowerBound, UpperBound }: Rate): string {
  if (rate === undefined) return '–'
  if (LowerBound === undefined || UpperBound === undefined) return formatShare(rate)
  return `${formatShare(rate)} (${formatShare(LowerBound)}–${formatShare(UpperBound)})`
}

/** The steps from whom it was meant for to who did what it was for, each with its share of the one before. */
export function funnelBars(t: Words, funnel: Funnel): Bar[] {
  return [
    { label: t('funnelSteps.targeted'), value: funnel.TargetedCount },
    ...kSteps.flatMap((step) => {
      const rate = funnel[step]
      if (!rate) return []
      const note = rate.Rate === undefined ? undefined : t('ofThem', { share: formatShare(rate.Rate) })
      return [{ label: t(`funnelSteps.${stepName(step)}`), value: rate.Count, note }]
    }),
  ]
}

/** One funnel a row: counts, with rates and their confidence intervals. */
export function FunnelTable({
  label,
  first,
  rows,
}: {
  label: string
  first: string
  rows: readonly { name: string; funnel: Funnel }[]
}) {
  const { t } = useTranslation('campaigns')
  const hasConversion = rows.some(({ funnel }) => funnel.Converted)
  const columns: Column<(typeof rows)[number]>[] = [
    { key: 'name', title: first, cell: ({ name }) => name },
    {
      key: 'targeted',
      title: t('funnelSteps.targeted'),
      isNumber: true,
      cell: ({ funnel }) => formatCount(funnel.TargetedCount),
    },
    ...kSteps
      .filter((step) => step !== 'Converted' || hasConversion)
      .map((step) => ({
        key: step,
        title: t(`funnelSteps.${stepName(step)}`),
        isNumber: true,
        cell: ({ funnel }: (typeof rows)[number]) => {
          const rate = funnel[step]
          if (!rate) return '–'
          return step === 'Sent'
            ? formatCount(rate.Count)
            : `${formatCount(rate.Count)} · ${rateInWords(rate)}`
        },
      })),
  ]
  return <Table label={label} items={rows} keyOf={({ name }) => name} columns={columns} />
}
