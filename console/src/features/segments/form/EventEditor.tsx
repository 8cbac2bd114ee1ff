import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/Button'
import { ConditionBox, FieldRow, Joint } from '@/ui/Condition'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { SuggestField } from '@/ui/SuggestField'
import { changeTime, changeWay, kTimes, kWays, newStep, timeOf, wayOf } from './eventWays'
import { ComparisonField, DateText, NumberFields, TextFields } from './FilterFields'
import { type EventFilter, type EventTest, kEventTextTests } from './state'
import type { Suggestions } from './suggestions'

interface EventProps {
  event: EventTest
  suggestions: Suggestions
  onChange: (event: EventTest) => void
}

/** What somebody did or did not do: which event, how often, when, and what came after it. */
export function EventEditor({ event, suggestions, onChange }: EventProps) {
  const { t } = useTranslation('builder')
  return (
    <Stack gap="small">
      <FieldRow>
        <SelectField
          label={t('event.who')}
          value={event.did === false ? 'no' : 'yes'}
          onChange={(input) => onChange({ ...event, did: input.target.value === 'yes' })}
          options={[
            ['yes', t('event.did')],
            ['no', t('event.didNot')],
          ]}
        />
        <SuggestField
          label={t('event.type')}
          value={event.eventType}
          suggestions={suggestions.eventTypes}
          onChange={(eventType) => onChange({ ...event, eventType })}
        />
        <SelectField
          label={t('event.way')}
          value={wayOf(event)}
          onChange={(input) => onChange(changeWay(event, input.target.value as (typeof kWays)[number]))}
          options={kWays.map((way) => [way, t(`event.ways.${way}`)] as const)}
        />
      </FieldRow>
      <Measure event={event} suggestions={suggestions} onChange={onChange} />
      <When event={event} onChange={onChange} />
      <Filters
        filter={event}
        suggestions={suggestions}
        onChange={(filter) => onChange({ ...event, ...filter })}
      />
      <Steps event={event} suggestions={suggestions} onChange={onChange} />
    </Stack>
  )
}

function Measure({ event, suggestions, onChange }: EventProps) {
  const { t } = useTranslation('builder')
  const way = wayOf(event)
  if (way !== 'count' && way !== 'sum' && way !== 'distinct') return null
  return (
    <FieldRow>
      {way !== 'count' && (
        <SuggestField
          label={t(`event.of.${way}`)}
          value={event.of ?? ''}
          suggestions={suggestions.eventNames(event.eventType, way === 'sum' ? 'metrics' : 'attributes')}
          onChange={(of) => onChange({ ...event, of })}
        />
      )}
      <ComparisonField
        value={event.comparison ?? 'GREATER_THAN_OR_EQUAL'}
        onChange={(comparison) => onChange({ ...event, comparison })}
      />
      <TextField
        label={t(way === 'count' ? 'event.times' : 'number')}
        inputMode="decimal"
        value={event.value ?? ''}
        onChange={(input) => onChange({ ...event, value: input.target.value })}
      />
    </FieldRow>
  )
}

function When({ event, onChange }: Omit<EventProps, 'suggestions'>) {
  const { t } = useTranslation('builder')
  const time = timeOf(event)
  return (
    <FieldRow>
      <SelectField
        label={t('event.when')}
        value={time}
        onChange={(input) => onChange(changeTime(event, input.target.value as (typeof kTimes)[number]))}
        options={kTimes.map((one) => [one, t(`event.time.${one}`)] as const)}
      />
      {event.within && (
        <TextField
          label={t(`event.amount.${event.within.unit}`)}
          inputMode="decimal"
          value={event.within.amount}
          onChange={(input) =>
            onChange({
              ...event,
              within: { unit: event.within?.unit ?? 'Days', amount: input.target.value },
            })
          }
        />
      )}
      {(time === 'dates' || event.since !== undefined || event.until !== undefined) && (
        <>
          <DateText
            label={t('from')}
            value={event.since ?? ''}
            onChange={(since) => onChange({ ...event, since: since || undefined })}
          />
          <DateText
            label={t('event.until')}
            value={event.until ?? ''}
            onChange={(until) => onChange({ ...event, until: until || undefined })}
          />
        </>
      )}
    </FieldRow>
  )
}

/** What the event itself must be like: its properties. */
function Filters({
  filter,
  suggestions,
  onChange,
}: {
  filter: EventFilter
  suggestions: Suggestions
  onChange: (filter: Pick<EventFilter, 'attributes' | 'metrics'>) => void
}) {
  const { t } = useTranslation('builder')
  const { attributes, metrics, eventType } = filter
  const replaced = <Item,>(items: readonly Item[], at: number, item: Item) =>
    items.map((one, index) => (index === at ? item : one))
  const without = <Item,>(items: readonly Item[], at: number) => items.filter((_, index) => index !== at)
  return (
    <>
      {attributes.map((attribute, at) => (
        <ConditionBox
          key={`attribute-${at}`}
          title={t('event.property')}
          removeLabel={t('removeCondition', { name: t('event.property') })}
          onRemove={() => onChange({ attributes: without(attributes, at), metrics })}
        >
          <TextFields
            filter={attribute}
            tests={kEventTextTests}
            names={suggestions.eventNames(eventType, 'attributes')}
            values={suggestions.eventValues(eventType, attribute.name)}
            onChange={(next) => onChange({ attributes: replaced(attributes, at, next), metrics })}
          />
        </ConditionBox>
      ))}
      {metrics.map((metric, at) => (
        <ConditionBox
          key={`metric-${at}`}
          title={t('event.numberProperty')}
          removeLabel={t('removeCondition', { name: t('event.numberProperty') })}
          onRemove={() => onChange({ attributes, metrics: without(metrics, at) })}
        >
          <NumberFields
            filter={metric}
            names={suggestions.eventNames(eventType, 'metrics')}
            onChange={(next) => onChange({ attributes, metrics: replaced(metrics, at, next) })}
          />
        </ConditionBox>
      ))}
      <Row>
        <Button
          look="quiet"
          onClick={() =>
            onChange({ attributes: [...attributes, { name: '', test: 'INCLUSIVE', values: [] }], metrics })
          }
        >
          + {t('event.property')}
        </Button>
        <Button
          look="quiet"
          onClick={() =>
            onChange({
              attributes,
              metrics: [...metrics, { name: '', comparison: 'GREATER_THAN_OR_EQUAL', value: '' }],
            })
          }
        >
          + {t('event.numberProperty')}
        </Button>
      </Row>
    </>
  )
}

function Steps({ event, suggestions, onChange }: EventProps) {
  const { t } = useTranslation('builder')
  if (wayOf(event) !== 'sequence') return null
  const change = (at: number, step: EventFilter) =>
    onChange({ ...event, after: event.after.map((one, index) => (index === at ? step : one)) })
  return (
    <>
      {event.after.map((step, at) => (
        <Stack key={at} gap="small">
          <Joint>{t('event.then')}</Joint>
          <ConditionBox
            title={t('event.step', { number: at + 2 })}
            removeLabel={t('removeCondition', { name: t('event.step', { number: at + 2 }) })}
            onRemove={
              event.after.length > 1
                ? () => onChange({ ...event, after: event.after.filter((_, index) => index !== at) })
                : undefined
            }
          >
            <FieldRow>
              <SuggestField
                label={t('event.type')}
                value={step.eventType}
                suggestions={suggestions.eventTypes}
                onChange={(eventType) => change(at, { ...step, eventType })}
              />
              <TextField
                label={t('event.within')}
                inputMode="decimal"
                value={step.within?.amount ?? ''}
                onChange={(input) =>
                  change(at, {
                    ...step,
                    within: { unit: step.within?.unit ?? 'Hours', amount: input.target.value },
                  })
                }
              />
              <SelectField
                label={t('event.unit')}
                value={step.within?.unit ?? 'Hours'}
                onChange={(input) =>
                  change(at, {
                    ...step,
                    within: {
                      unit: input.target.value as 'Hours' | 'Days',
                      amount: step.within?.amount ?? '',
                    },
                  })
                }
                options={[
                  ['Hours', t('event.hours')],
                  ['Days', t('event.days')],
                ]}
              />
            </FieldRow>
            <Filters
              filter={step}
              suggestions={suggestions}
              onChange={(filter) => change(at, { ...step, ...filter })}
            />
          </ConditionBox>
        </Stack>
      ))}
      {event.after.length < 5 && (
        <Row>
          <Button look="quiet" onClick={() => onChange({ ...event, after: [...event.after, newStep()] })}>
            + {t('event.addStep')}
          </Button>
        </Row>
      )}
    </>
  )
}
