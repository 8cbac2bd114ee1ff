import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { Button } from '@/ui/Button'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { SuggestField } from '@/ui/SuggestField'
import type { StepProps } from './CampaignFlow'
import type { ScheduleForm } from './form'

const kComparisons = [
  'GREATER_THAN_OR_EQUAL',
  'GREATER_THAN',
  'LESS_THAN_OR_EQUAL',
  'LESS_THAN',
  'EQUAL',
] as const

/** The event that starts a campaign for somebody, and what its attributes and numbers must be. */
export function EventFields({
  app,
  form,
  errorOf,
  set,
}: StepProps & { set: (change: Partial<ScheduleForm>) => void }) {
  const { t } = useTranslation('campaigns')
  const { schedule } = form
  const events = useQuery(fieldsQuery(app)).data?.EventTypes ?? []
  const known = events.find(({ EventType }) => EventType === schedule.eventType)
  const attributes = schedule.eventAttributes
  const put = (at: number, change: Partial<(typeof attributes)[number]>) =>
    set({ eventAttributes: attributes.map((one, index) => (index === at ? { ...one, ...change } : one)) })
  const metrics = schedule.eventMetrics
  const putMetric = (at: number, change: Partial<(typeof metrics)[number]>) =>
    set({ eventMetrics: metrics.map((one, index) => (index === at ? { ...one, ...change } : one)) })
  return (
    <Stack gap="small">
      <SuggestField
        label={t('event')}
        hint={t('eventHint')}
        value={schedule.eventType}
        suggestions={events.map(({ EventType }) => EventType)}
        error={errorOf('eventType')}
        onChange={(eventType) => set({ eventType })}
      />
      {attributes.map(({ name, values }, index) => (
        <Row key={index} gap="medium" align="end">
          <SuggestField
            label={t('eventAttribute')}
            value={name}
            suggestions={known?.Attributes.map(({ Name }) => Name) ?? []}
            onChange={(next) => put(index, { name: next })}
          />
          <SuggestField
            label={t('eventValues')}
            value={values}
            suggestions={
              known?.Attributes.find(({ Name }) => Name === name)?.Values.map(({ Value }) => Value) ?? []
            }
            onChange={(next) => put(index, { values: next })}
          />
          <Button onClick={() => set({ eventAttributes: attributes.filter((_, at) => at !== index) })}>
            {t('remove')}
          </Button>
        </Row>
      ))}
      {metrics.map(({ name, comparison, value }, index) => (
        <Row key={index} gap="medium" align="end">
          <SuggestField
            label={t('eventMetric')}
            value={name}
            suggestions={known?.Metrics.map(({ Name }) => Name) ?? []}
            onChange={(next) => putMetric(index, { name: next })}
          />
          <SelectField
            label={t('comparison')}
            value={comparison}
            onChange={(event) => putMetric(index, { comparison: event.target.value })}
            options={kComparisons.map((one) => [one, t(`comparisons.${one}`)])}
          />
          <TextField
            label={t('eventNumber')}
            inputMode="decimal"
            value={value}
            error={Number.isNaN(Number(value)) || value.trim() === '' ? errorOf('eventMetrics') : undefined}
            onChange={(event) => putMetric(index, { value: event.target.value })}
          />
          <Button onClick={() => set({ eventMetrics: metrics.filter((_, at) => at !== index) })}>
            {t('remove')}
          </Button>
        </Row>
      ))}
      <Row>
        <Button onClick={() => set({ eventAttributes: [...attributes, { name: '', values: '' }] })}>
          {t('addCondition')}
        </Button>
        <Button
          onClick={() =>
            set({ eventMetrics: [...metrics, { name: '', comparison: kComparisons[0], value: '' }] })
          }
        >
          {t('addNumber')}
        </Button>
      </Row>
    </Stack>
  )
}
