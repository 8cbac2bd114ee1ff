import type { TFunction } from 'i18next'
import type { Condition, Definition, EventFilter, EventTest, NumberFilter, TextFilter } from '../form/state'

/** A definition in words: one sentence a rule, the same for the same rule, so that versions can be compared. */

type Say = TFunction<'builder'>

const textWords = (t: Say, { name, test, values }: TextFilter) =>
  t('words.text', { name, test: t(`tests.${test ?? 'INCLUSIVE'}`), values: values.join(', ') })
const numberWords = (t: Say, { name, comparison, value }: NumberFilter) =>
  t('words.text', { name, test: t(`comparisons.${comparison}`), values: value })

function filterWords(t: Say, filter: EventFilter): string {
  const conditions = [
    ...filter.attributes.map((one) => textWords(t, one)),
    ...filter.metrics.map((one) => numberWords(t, one)),
  ]
  const where = conditions.length > 0 ? t('words.where', { what: conditions.join(` ${t('and')} `) }) : ''
  return [`“${filter.eventType}”`, where].filter(Boolean).join(' ')
}

function measureWords(t: Say, event: EventTest): string {
  if (event.occurrence === 'FIRST') return t('event.ways.first')
  if (event.occurrence === 'LAST') return t('event.ways.last')
  if (!event.measure && event.value === undefined && !event.comparison) return ''
  const { measure = 'COUNT', of = '' } = event
  const what = {
    COUNT: t('words.times'),
    SUM: t('words.sum', { of }),
    DISTINCT: t('words.distinct', { of }),
  }[measure]
  const comparison = t(`comparisons.${event.comparison ?? 'GREATER_THAN_OR_EQUAL'}`)
  return `(${t('words.text', { name: what, test: comparison, values: event.value ?? '1' })})`
}

function timeWords(t: Say, event: EventTest): string {
  const { within, since, until } = event
  if (within) return t(`words.last${within.unit}`, { amount: within.amount })
  return [since && t('words.since', { date: since }), until && t('words.untilDate', { date: until })]
    .filter(Boolean)
    .join(' ')
}

function eventWords(t: Say, event: EventTest): string {
  const then = event.after.map((step) =>
    t('words.then', {
      what: filterWords(t, step),
      amount: step.within?.amount ?? '',
      unit: t(step.within?.unit === 'Days' ? 'event.days' : 'event.hours'),
    }),
  )
  const did = t(event.did === false ? 'event.didNot' : 'event.did')
  return [`${did}: ${filterWords(t, event)}`, measureWords(t, event), timeWords(t, event), ...then]
    .filter(Boolean)
    .join(' ')
}

function conditionWords(t: Say, condition: Condition): string {
  switch (condition.kind) {
    case 'text':
      return textWords(t, condition)
    case 'number':
      return numberWords(t, condition)
    case 'set':
      return t('words.text', {
        name: t(`sets.${condition.path.split('.')[1]}`),
        test: t(`tests.${condition.type ?? 'INCLUSIVE'}`),
        values: condition.values.join(', '),
      })
    case 'circle': {
      const { kilometers, latitude, longitude } = condition
      return t('words.circle', { kilometers, latitude, longitude })
    }
    case 'recency':
      return t('words.recency', {
        type: t(`recency.${condition.type}`),
        duration: t(`recency.${condition.duration}`),
      })
    case 'event':
      return eventWords(t, condition.event)
    case 'other':
      return `${condition.path.join('.')}: ${JSON.stringify(condition.value)}`
  }
}

/** The groups of a definition: how each one's parts combine, and the parts. */
export function groupWords(t: Say, definition: Definition, nameOf: (segment: string) => string) {
  return definition.groups.map((group) => ({
    id: group.id,
    sourceRule: t(`sources.${group.sourceType ?? 'ALL'}`),
    sources: (group.sources ?? []).map(({ segment, version }) => {
      const name = nameOf(segment)
      return t('words.segment', { name: version ? `${name} (${t('version', { version })})` : name })
    }),
    rule: t(`conditions.${group.type ?? 'ALL'}`),
    conditions: (group.blocks ?? [])
      .map((block) => block.conditions.map((one) => conditionWords(t, one)).join(` ${t('and')} `))
      .filter((words) => words !== ''),
  }))
}

/** Every rule of a definition as a sentence of its own. */
export function sentences(t: Say, definition: Definition, nameOf: (segment: string) => string): string[] {
  const groups = groupWords(t, definition, nameOf)
  const several = groups.length > 1
  const place = (what: string, at: number) => (several ? t('words.inGroup', { what, number: at + 1 }) : what)
  return [
    ...(several ? [t('words.groupsRule', { rule: t(`include.${definition.include ?? 'ALL'}`) })] : []),
    ...groups.flatMap((group, at) => [
      ...(group.sources.length > 1 || group.sourceRule === t('sources.NONE')
        ? [t('words.sourceRule', { number: at + 1, rule: group.sourceRule })]
        : []),
      ...group.sources.map((words) => place(words, at)),
      ...(group.conditions.length > 1 || (group.conditions.length > 0 && group.rule === t('conditions.NONE'))
        ? [t('words.groupRule', { number: at + 1, rule: group.rule })]
        : []),
      ...group.conditions.map((words) => place(words, at)),
    ]),
  ]
}

export interface Difference {
  added: string[]
  removed: string[]
  kept: string[]
}

/** What became of the sentences of one version in another. A sentence that stands twice counts twice. */
export function difference(before: readonly string[], after: readonly string[]): Difference {
  const left = [...before]
  const added: string[] = []
  const kept: string[] = []
  for (const sentence of after) {
    const at = left.indexOf(sentence)
    if (at < 0) added.push(sentence)
    else kept.push(...left.splice(at, 1))
  }
  return { added, removed: left, kept }
}
