import { useTranslation } from 'react-i18next'
import { formatCount } from '@/lib/format'
import { FieldRow } from '@/ui/Condition'
import { SelectField, TextField } from '@/ui/Field'
import { SuggestField } from '@/ui/SuggestField'
import { ValuesField } from '@/ui/ValuesField'
import {
  type Comparison,
  kComparisons,
  kTextTests,
  type NumberFilter,
  type TextFilter,
  type TextTest,
} from './state'

const kDateTests: readonly TextTest[] = ['BEFORE', 'AFTER', 'ON', 'BETWEEN']
const isDateTest = (test: TextTest | undefined) => test !== undefined && kDateTests.includes(test)

/** A named text, a test and the values or dates it is held against. */
export function TextFields({
  filter,
  names,
  values,
  tests = kTextTests,
  onChange,
}: {
  filter: TextFilter
  names: readonly string[]
  values: readonly string[]
  tests?: readonly TextTest[]
  onChange: (filter: TextFilter) => void
}) {
  const { t } = useTranslation('builder')
  const { name, test } = filter
  function changeTest(next: TextTest) {
    const isSameKind = isDateTest(test) === isDateTest(next)
    const kept = isSameKind ? filter.values : []
    onChange({ name, test: next, values: isDateTest(next) && next !== 'BETWEEN' ? kept.slice(0, 1) : kept })
  }
  return (
    <FieldRow>
      <SuggestField
        label={t('field')}
        value={name}
        suggestions={names}
        onChange={(next) => onChange({ name: next, test, values: filter.values })}
      />
      <SelectField
        label={t('test')}
        value={test ?? 'INCLUSIVE'}
        onChange={(event) => changeTest(event.target.value as TextTest)}
        options={tests.map((one) => [one, t(`tests.${one}`)] as const)}
      />
      {isDateTest(test) ? (
        <Dates
          test={test}
          values={filter.values}
          onChange={(next) => onChange({ name, test, values: next })}
        />
      ) : (
        <ValuesField
          label={t('values')}
          values={filter.values}
          suggestions={values}
          onChange={(next) => onChange({ name, test, values: next })}
        />
      )}
    </FieldRow>
  )
}

function Dates({
  test,
  values,
  onChange,
}: {
  test?: TextTest
  values: readonly string[]
  onChange: (values: string[]) => void
}) {
  const { t } = useTranslation('builder')
  const [first = '', second = ''] = values
  if (test !== 'BETWEEN')
    return <DateText label={t('date')} value={first} onChange={(next) => onChange([next])} />
  return (
    <>
      <DateText label={t('from')} value={first} onChange={(next) => onChange([next, second])} />
      <DateText label={t('to')} value={second} onChange={(next) => onChange([first, next])} />
    </>
  )
}

/** A day by the calendar; a moment that was stored more exactly stays a text. */
export function DateText({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (value: string) => void
}) {
  const isDay = value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value)
  return (
    <TextField
      label={label}
      type={isDay ? 'date' : 'text'}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** A named number and what it is compared with. */
export function NumberFields({
  filter,
  names,
  range,
  onChange,
}: {
  filter: NumberFilter
  names: readonly string[]
  range?: { minimum?: number; maximum?: number }
  onChange: (filter: NumberFilter) => void
}) {
  const { t } = useTranslation('builder')
  const { name, comparison, value } = filter
  const hint =
    range?.minimum !== undefined && range.maximum !== undefined
      ? t('range', { from: formatCount(range.minimum), to: formatCount(range.maximum) })
      : undefined
  return (
    <FieldRow>
      <SuggestField
        label={t('field')}
        value={name}
        suggestions={names}
        onChange={(next) => onChange({ name: next, comparison, value })}
      />
      <ComparisonField value={comparison} onChange={(next) => onChange({ name, comparison: next, value })} />
      <TextField
        label={t('number')}
        inputMode="decimal"
        hint={hint}
        value={value}
        onChange={(event) => onChange({ name, comparison, value: event.target.value })}
      />
    </FieldRow>
  )
}

export function ComparisonField({
  value,
  onChange,
}: {
  value: Comparison
  onChange: (value: Comparison) => void
}) {
  const { t } = useTranslation('builder')
  return (
    <SelectField
      label={t('test')}
      value={value}
      onChange={(event) => onChange(event.target.value as Comparison)}
      options={kComparisons.map((one) => [one, t(`comparisons.${one}`)] as const)}
    />
  )
}
