import { useTranslation } from 'react-i18next'
import type { CampaignResults } from '@/api/campaigns'
import { Card } from '@/ui/Card'
import { Stack } from '@/ui/Layout'
import { Text } from '@/ui/Text'
import { FunnelTable } from './FunnelTable'
import { verdictOf } from './verdictOf'
import { treatmentName } from './WhatStep'

/** The treatments of a test beside each other, each against those who got nothing. */
export function Treatments({ results }: { results: CampaignResults }) {
  const { t } = useTranslation('campaigns')
  if (results.Treatments.length < 2) return null
  const nameOf = ({ TreatmentName, TreatmentId }: CampaignResults['Treatments'][number]) =>
    treatmentName(t, { name: TreatmentName }, Number(TreatmentId))
  return (
    <Card title={t('byTreatment')} hint={t('intervalHint')}>
      <FunnelTable
        label={t('byTreatment')}
        first={t('treatment')}
        rows={results.Treatments.map((treatment) => ({ name: nameOf(treatment), funnel: treatment.Funnel }))}
      />
      <Stack gap="none">
        {results.Treatments.map((treatment) => {
          const { kind } = verdictOf({ ...results, Lift: treatment.Lift })
          return kind === 'noEvent' || kind === 'noHoldout' ? null : (
            <Text key={treatment.TreatmentId} size="small">
              {t(`treatmentVerdicts.${kind}`, { name: nameOf(treatment) })}
            </Text>
          )
        })}
      </Stack>
      <Text tone="soft" size="small">
        {overlapping(results) ? t('treatmentsAlike') : t('treatmentsDiffer')}
      </Text>
    </Card>
  )
}

/** Whether the best two treatments' intervals overlap, by conversion or, without it, by clicks. */
function overlapping({ Treatments: treatments }: CampaignResults): boolean {
  const rates = treatments
    .map(({ Funnel }) => Funnel.Converted ?? Funnel.Clicked)
    .sort((a, b) => (b.Rate ?? 0) - (a.Rate ?? 0))
  const [best, second] = rates
  if (best?.LowerBound === undefined || second?.UpperBound === undefined) return true
  return best.LowerBound <= second.UpperBound
}
