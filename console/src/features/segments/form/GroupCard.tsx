import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentQuery, segmentSearchQuery } from '@/api/segments'
import { useDebounced } from '@/lib/useDebounced'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { ConditionBox, FieldRow, Joint, Together } from '@/ui/Condition'
import { SelectField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Menu } from '@/ui/Menu'
import { Picker } from '@/ui/Picker'
import { Text } from '@/ui/Text'
import { ConditionEditor } from './ConditionEditor'
import {
  addCondition,
  addSource,
  changeCondition,
  changeGroup,
  removeCondition,
  removeGroup,
  removeSource,
} from './edits'
import {
  type Block,
  type Combination,
  type Condition,
  type Definition,
  type Group,
  kCombinations,
  newCondition,
} from './state'
import type { Suggestions } from './suggestions'

export interface FormParts {
  app: string
  definition: Definition
  suggestions: Suggestions
  /** What the server or the form finds wrong, by the id of the part it is about. */
  errors: ReadonlyMap<string, string>
  unfinished: ReadonlySet<string>
  onChange: (definition: Definition) => void
}

/** One group of the definition: the segments it starts from and the conditions it sets. */
export function GroupCard({ group, number, ...form }: FormParts & { group: Group; number: number }) {
  const { t } = useTranslation('builder')
  const { definition, onChange } = form
  const error = form.errors.get(group.id)
  return (
    <Card
      title={t('group', { number })}
      actions={
        <Button look="quiet" onClick={() => onChange(removeGroup(definition, group.id))}>
          {t('removeGroup')}
        </Button>
      }
    >
      {error && (
        <Text tone="bad" size="small">
          {error}
        </Text>
      )}
      <Sources group={group} {...form} />
      <Conditions group={group} {...form} />
    </Card>
  )
}

function CombinationField({
  label,
  value,
  prefix,
  onChange,
}: {
  label: string
  value?: Combination
  prefix: 'sources' | 'conditions'
  onChange: (value: Combination) => void
}) {
  const { t } = useTranslation('builder')
  return (
    <SelectField
      label={label}
      value={value ?? 'ALL'}
      onChange={(event) => onChange(event.target.value as Combination)}
      options={kCombinations.map((one) => [one, t(`${prefix}.${one}`)] as const)}
    />
  )
}

function Sources({ group, ...form }: FormParts & { group: Group }) {
  const { t } = useTranslation('builder')
  const sources = group.sources ?? []
  if (sources.length === 0) return null
  return (
    <Stack gap="small">
      <FieldRow>
        <CombinationField
          label={t('sources.label')}
          prefix="sources"
          value={group.sourceType}
          onChange={(sourceType) => form.onChange(changeGroup(form.definition, group.id, { sourceType }))}
        />
      </FieldRow>
      {sources.map((source) => (
        <SourceBox
          key={source.id}
          app={form.app}
          segment={source.segment}
          version={source.version}
          error={form.errors.get(source.id)}
          onRemove={() => form.onChange(removeSource(form.definition, source.id))}
        />
      ))}
    </Stack>
  )
}

function SourceBox({
  app,
  segment,
  version,
  error,
  onRemove,
}: {
  app: string
  segment: string
  version?: number
  error?: string
  onRemove: () => void
}) {
  const { t } = useTranslation('builder')
  const found = useQuery(segmentQuery(app, segment))
  const name = found.data?.Name ?? segment
  return (
    <ConditionBox
      title={t(found.data?.SegmentType === 'IMPORT' ? 'importedList' : 'segment')}
      error={error ?? found.error?.message}
      removeLabel={t('removeCondition', { name })}
      onRemove={onRemove}
    >
      <Text>
        {name}
        {version !== undefined && ` (${t('version', { version })})`}
      </Text>
    </ConditionBox>
  )
}

function Conditions({ group, ...form }: FormParts & { group: Group }) {
  const { t } = useTranslation('builder')
  const blocks = group.blocks ?? []
  const type = group.type ?? 'ALL'
  const add = (condition: Condition, block?: string) =>
    form.onChange(addCondition(form.definition, { group: group.id, block }, condition))
  return (
    <Stack gap="small">
      {blocks.length > 0 && (
        <FieldRow>
          <CombinationField
            label={t('conditions.label')}
            prefix="conditions"
            value={group.type}
            onChange={(next) => form.onChange(changeGroup(form.definition, group.id, { type: next }))}
          />
        </FieldRow>
      )}
      {blocks.map((block, at) => (
        <Fragment key={block.id}>
          {at > 0 && <Joint>{t(type === 'ALL' ? 'and' : 'or')}</Joint>}
          <BlockEditor block={block} canGrow={type !== 'ALL'} onAdd={(one) => add(one, block.id)} {...form} />
        </Fragment>
      ))}
      {blocks.length === 0 && (group.sources?.length ?? 0) === 0 && (
        <Text tone="soft">{t('groupEmpty')}</Text>
      )}
      <Row>
        <AddCondition label={t('addCondition')} onAdd={(condition) => add(condition)} />
        <AddSource
          app={form.app}
          onAdd={(segment) => form.onChange(addSource(form.definition, group.id, segment))}
        />
      </Row>
    </Stack>
  )
}

function BlockEditor({
  block,
  canGrow,
  onAdd,
  ...form
}: FormParts & { block: Block; canGrow: boolean; onAdd: (condition: Condition) => void }) {
  const { t } = useTranslation('builder')
  const editors = block.conditions.map((condition, at) => (
    <Fragment key={condition.id}>
      {at > 0 && <Joint>{t('and')}</Joint>}
      <ConditionEditor
        condition={condition}
        suggestions={form.suggestions}
        error={form.errors.get(condition.id)}
        isUnfinished={form.unfinished.has(condition.id)}
        onChange={(next) => form.onChange(changeCondition(form.definition, next))}
        onRemove={() => form.onChange(removeCondition(form.definition, condition.id))}
      />
    </Fragment>
  ))
  const more = canGrow && (
    <Row>
      <AddCondition label={t('addAnd')} onAdd={onAdd} />
    </Row>
  )
  if (block.conditions.length < 2)
    return (
      <>
        {editors}
        {more}
      </>
    )
  return (
    <Together>
      {editors}
      {more}
    </Together>
  )
}

function AddCondition({ label, onAdd }: { label: string; onAdd: (condition: Condition) => void }) {
  const { t } = useTranslation('builder')
  const set = newCondition('set')
  return (
    <Menu
      label={label}
      items={[
        { label: t('kinds.UserAttributes'), onSelect: () => onAdd(newCondition('text')) },
        {
          label: t('kinds.Attributes'),
          onSelect: () => onAdd({ ...newCondition('text'), holder: 'Attributes' }),
        },
        { label: t('kinds.number'), onSelect: () => onAdd(newCondition('number')) },
        { label: t('kinds.event'), onSelect: () => onAdd(newCondition('event')) },
        { label: t('sets.Channel'), onSelect: () => onAdd(set) },
        { label: t('sets.Country'), onSelect: () => onAdd({ ...set, path: 'Location.Country' }) },
        { label: t('kinds.set'), onSelect: () => onAdd({ ...set, path: 'Demographic.Platform' }) },
        { label: t('kinds.circle'), onSelect: () => onAdd(newCondition('circle')) },
        { label: t('kinds.recency'), onSelect: () => onAdd(newCondition('recency')) },
      ]}
    >
      + {label}
    </Menu>
  )
}

/** Takes another segment, or an imported list, found by its name. */
function AddSource({ app, onAdd }: { app: string; onAdd: (segment: string) => void }) {
  const { t } = useTranslation('builder')
  const [query, setQuery] = useState('')
  const settled = useDebounced(query)
  const found = useQuery(segmentSearchQuery(app, { query: settled || undefined, sort: 'NAME' }, 10))
  return (
    <Picker
      label={t('addSource')}
      searchLabel={t('findSegment')}
      query={query}
      onQuery={setQuery}
      empty={t('noSegment')}
      options={(found.data?.Item ?? []).map((item) => ({
        value: item.Id,
        label: item.Name,
        note: item.SegmentType === 'IMPORT' ? t('importedList') : undefined,
      }))}
      onPick={onAdd}
    />
  )
}
