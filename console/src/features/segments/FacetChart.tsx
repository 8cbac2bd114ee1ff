import { useTranslation } from 'react-i18next'
import type { Facet } from '@/api/segmentPreview'
import { formatCount, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Facts, Text } from '@/ui/Text'

/** How the members of a segment are spread over the values of one field. */
export function FacetChart({ facet, title, total }: { facet: Facet; title: string; total: number }) {
  const { t } = useTranslation('segments')
  const { Numbers: numbers, Values: values = [] } = facet
  if (numbers) {
    if (numbers.EndpointCount === 0) return <Text tone="soft">{t('nobodyHasIt', { field: title })}</Text>
    const show = (number: number | undefined) => (number === undefined ? '–' : formatCount(number))
    return (
      <Facts
        facts={[
          [t('haveIt'), formatCount(numbers.EndpointCount)],
          [t('minimum'), show(numbers.Minimum)],
          [t('mean'), show(numbers.Mean)],
          [t('maximum'), show(numbers.Maximum)],
        ]}
      />
    )
  }
  if (values.length === 0) return <Text tone="soft">{t('nobodyHasIt', { field: title })}</Text>
  return (
    <BarChart
      title={title}
      valueName={t('endpoints')}
      bars={values.map((value) => ({
        label: value.Value,
        value: value.EndpointCount,
        note: total > 0 ? `(${formatShare(value.EndpointCount / total, 0)})` : undefined,
      }))}
    />
  )
}

/** The last part of a field's path, as people say it. */
export function fieldName(field: string): string {
  return field.replace(/^(UserAttributes|Attributes|Metrics|Demographic|Location)\./, '')
}
