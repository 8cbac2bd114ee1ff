import type { EventFilter, EventTest } from './state'

/** How an event is counted, as one choice: the wire has four members for it that exclude each other. */
export const kWays = ['once', 'count', 'sum', 'distinct', 'first', 'last', 'sequence'] as const
export type Way = (typeof kWays)[number]
export const kTimes = ['ever', 'days', 'hours', 'dates'] as const
export type Time = (typeof kTimes)[number]

export function newStep(): EventFilter {
  return { eventType: '', attributes: [], metrics: [], within: { unit: 'Hours', amount: '24' } }
}

export function wayOf(event: EventTest): Way {
  if (event.after.length > 0) return 'sequence'
  if (event.occurrence === 'FIRST') return 'first'
  if (event.occurrence === 'LAST') return 'last'
  if (event.measure === 'SUM') return 'sum'
  if (event.measure === 'DISTINCT') return 'distinct'
  if (event.measure === 'COUNT' || event.comparison !== undefined || event.value !== undefined) return 'count'
  return 'once'
}

export function changeWay(event: EventTest, way: Way): EventTest {
  const { measure, of, comparison, value, occurrence, ...rest } = event
  const plain: EventTest = { ...rest, after: [] }
  const compared = { comparison: comparison ?? 'GREATER_THAN_OR_EQUAL', value: value ?? '1' } as const
  switch (way) {
    case 'once':
      return plain
    case 'count':
      return { ...plain, measure: 'COUNT', ...compared }
    case 'sum':
      return { ...plain, measure: 'SUM', of: '', ...compared }
    case 'distinct':
      return { ...plain, measure: 'DISTINCT', of: '', ...compared }
    case 'first':
      return { ...plain, occurrence: 'FIRST' }
    case 'last':
      return { ...plain, occurrence: 'LAST' }
    case 'sequence':
      return { ...plain, after: event.after.length > 0 ? event.after : [newStep()] }
  }
}

export function timeOf(event: EventTest): Time {
  if (event.within) return event.within.unit === 'Days' ? 'days' : 'hours'
  return event.since !== undefined || event.until !== undefined ? 'dates' : 'ever'
}

export function changeTime(event: EventTest, time: Time): EventTest {
  const { within, since, until, ...rest } = event
  switch (time) {
    case 'ever':
      return rest
    case 'days':
      return { ...rest, within: { unit: 'Days', amount: within?.amount ?? '30' } }
    case 'hours':
      return { ...rest, within: { unit: 'Hours', amount: within?.amount ?? '24' } }
    case 'dates':
      return { ...rest, since: since ?? monthAgo(), ...(until === undefined ? {} : { until }) }
  }
}

function monthAgo(): string {
  return new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)
}
