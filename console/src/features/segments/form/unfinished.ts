import type { Block, Condition, Definition, EventFilter, Group } from './state'

const isNumber = (text: string | undefined) =>
  text !== undefined && text.trim() !== '' && Number.isFinite(Number(text))

function isFilterFinished(filter: EventFilter): boolean {
  return (
    filter.eventType !== '' &&
    filter.attributes.every((attribute) => attribute.name !== '' && attribute.values.length > 0) &&
    filter.metrics.every((metric) => metric.name !== '' && isNumber(metric.value)) &&
    (!filter.within || isNumber(filter.within.amount))
  )
}

/** Whether a condition says all it needs to be asked about. What it says may still be refused by the server. */
function isFinished(condition: Condition): boolean {
  switch (condition.kind) {
    case 'text': {
      const wanted = condition.test === 'BETWEEN' ? 2 : 1
      return condition.name !== '' && condition.values.filter((value) => value !== '').length >= wanted
    }
    case 'number':
      return condition.name !== '' && isNumber(condition.value)
    case 'set':
      return condition.values.length > 0
    case 'circle':
      return [condition.latitude, condition.longitude, condition.kilometers].every(isNumber)
    case 'event': {
      const { event } = condition
      const isCompared = event.value !== undefined || event.comparison !== undefined
      return (
        isFilterFinished(event) &&
        event.after.every((step) => isFilterFinished(step) && step.within !== undefined) &&
        (!isCompared || isNumber(event.value)) &&
        (event.measure === undefined || event.measure === 'COUNT' || Boolean(event.of))
      )
    }
    case 'recency':
    case 'other':
      return true
  }
}

export function unfinishedOf(definition: Definition): Set<string> {
  const conditions = definition.groups
    .flatMap((group) => group.blocks ?? [])
    .flatMap((block) => block.conditions)
  return new Set(conditions.filter((condition) => !isFinished(condition)).map((condition) => condition.id))
}

function finishedBlocks(blocks: readonly Block[]): Block[] {
  return blocks
    .map((block) => ({ ...block, conditions: block.conditions.filter(isFinished) }))
    .filter((block, index) => block.conditions.length > 0 || blocks[index]?.conditions.length === 0)
}

const finishedGroup = (group: Group): Group => ({
  ...group,
  ...(group.blocks ? { blocks: finishedBlocks(group.blocks) } : {}),
  ...(group.sources ? { sources: group.sources.filter((source) => source.segment !== '') } : {}),
})

const isEmpty = (group: Group) =>
  (group.blocks?.length ?? 0) === 0 && (group.sources?.length ?? 0) === 0 && !group.rest

/** The definition without what is not finished yet: what can be asked about while one edits. */
export function finishedPart(definition: Definition): Definition {
  const before = definition.groups
  const groups = before.map(finishedGroup)
  return {
    ...definition,
    // A group that only became empty because nothing in it is finished says nothing yet.
    groups: groups.filter((group, index) => {
      const original = before[index]
      return !isEmpty(group) || (original !== undefined && isEmpty(original))
    }),
  }
}
