import { useTranslation } from 'react-i18next'
import { ConditionBox, FieldRow } from '@/ui/Condition'
import { SelectField, TextField } from '@/ui/Field'
import { CodeBlock } from '@/ui/Text'
import { ValuesField } from '@/ui/ValuesField'
import { EventEditor } from './EventEditor'
import { NumberFields, TextFields } from './FilterFields'
import { type Condition, type ConditionOf, kSetPaths, type SetPath } from './state'
import type { Suggestions } from './suggestions'

interface EditorProps<Of extends Condition> {
  condition: Of
  suggestions: Suggestions
  onChange: (condition: Of) => void
}

/** One condition with its fields. */
export function ConditionEditor({
  condition,
  suggestions,
  error,
  isUnfinished,
  onChange,
  onRemove,
}: EditorProps<Condition> & { error?: string; isUnfinished: boolean; onRemove: () => void }) {
  const { t } = useTranslation('builder')
  const title = t(titleOf(condition))
  return (
    <ConditionBox
      title={title}
      error={error}
      hint={isUnfinished ? t('unfinished') : undefined}
      onRemove={onRemove}
      removeLabel={t('removeCondition', { name: title })}
    >
      <Editor condition={condition} suggestions={suggestions} onChange={onChange} />
    </ConditionBox>
  )
}

function titleOf(condition: Condition): string {
  if (condition.kind === 'text') return `kinds.${condition.holder}`
  if (condition.kind === 'set') return `sets.${condition.path.split('.')[1]}`
  return `kinds.${condition.kind}`
}

function Editor({ condition, suggestions, onChange }: EditorProps<Condition>) {
  const shared = { suggestions, onChange }
  switch (condition.kind) {
    case 'text':
      return (
        <TextFields
          filter={condition}
          names={suggestions.names(condition.holder)}
          values={suggestions.values(`${condition.holder}.${condition.name}`)}
          onChange={(filter) => onChange({ ...condition, ...filter })}
        />
      )
    case 'number':
      return (
        <NumberFields
          filter={condition}
          names={suggestions.names('Metrics')}
          range={suggestions.range(condition.name)}
          onChange={(filter) => onChange({ ...condition, ...filter })}
        />
      )
    case 'set':
      return <SetEditor condition={condition} {...shared} />
    case 'circle':
      return <CircleEditor condition={condition} {...shared} />
    case 'recency':
      return <RecencyEditor condition={condition} {...shared} />
    case 'event':
      return (
        <EventEditor
          event={condition.event}
          suggestions={suggestions}
          onChange={(event) => onChange({ ...condition, event })}
        />
      )
    case 'other':
      return <OtherCondition condition={condition} />
  }
}

function SetEditor({ condition, suggestions, onChange }: EditorProps<ConditionOf<'set'>>) {
  const { t } = useTranslation('builder')
  return (
    <FieldRow>
      <SelectField
        label={t('field')}
        value={condition.path}
        onChange={(event) => onChange({ ...condition, path: event.target.value as SetPath, values: [] })}
        options={kSetPaths.map((path) => [path, t(`sets.${path.split('.')[1]}`)] as const)}
      />
      <SelectField
        label={t('test')}
        value={condition.type ?? 'INCLUSIVE'}
        onChange={(event) =>
          onChange({ ...condition, type: event.target.value as 'INCLUSIVE' | 'EXCLUSIVE' })
        }
        options={(['INCLUSIVE', 'EXCLUSIVE'] as const).map((type) => [type, t(`tests.${type}`)] as const)}
      />
      <ValuesField
        label={t('values')}
        values={condition.values}
        suggestions={suggestions.values(condition.path)}
        onChange={(values) => onChange({ ...condition, values })}
      />
    </FieldRow>
  )
}

function CircleEditor({ condition, onChange }: EditorProps<ConditionOf<'circle'>>) {
  const { t } = useTranslation('builder')
  return (
    <FieldRow>
      {(['latitude', 'longitude', 'kilometers'] as const).map((member) => (
        <TextField
          key={member}
          label={t(`circle.${member}`)}
          inputMode="decimal"
          value={condition[member]}
          onChange={(event) => onChange({ ...condition, [member]: event.target.value })}
        />
      ))}
    </FieldRow>
  )
}

function RecencyEditor({ condition, onChange }: EditorProps<ConditionOf<'recency'>>) {
  const { t } = useTranslation('builder')
  return (
    <FieldRow>
      <SelectField
        label={t('test')}
        value={condition.type}
        onChange={(event) => onChange({ ...condition, type: event.target.value as 'ACTIVE' | 'INACTIVE' })}
        options={(['ACTIVE', 'INACTIVE'] as const).map((type) => [type, t(`recency.${type}`)] as const)}
      />
      <SelectField
        label={t('recency.during')}
        value={condition.duration}
        onChange={(event) =>
          onChange({ ...condition, duration: event.target.value as ConditionOf<'recency'>['duration'] })
        }
        options={(['HR_24', 'DAY_7', 'DAY_14', 'DAY_30'] as const).map(
          (duration) => [duration, t(`recency.${duration}`)] as const,
        )}
      />
    </FieldRow>
  )
}

function OtherCondition({ condition }: { condition: ConditionOf<'other'> }) {
  const { t } = useTranslation('builder')
  return (
    <>
      <p>{t('otherHint')}</p>
      <CodeBlock label={t('kinds.other')}>
        {`${condition.path.join('.')}: ${JSON.stringify(condition.value, null, 2)}`}
      </CodeBlock>
    </>
  )
}
