import type { Fields } from '@/api/fields'

/** What can be offered while a condition is written. */
export interface Suggestions {
  names: (kind: 'Attributes' | 'UserAttributes' | 'Metrics') => string[]
  values: (field: string) => string[]
  range: (metric: string) => { minimum?: number; maximum?: number } | undefined
  eventTypes: string[]
  eventNames: (eventType: string, of: 'attributes' | 'metrics') => string[]
  eventValues: (eventType: string, attribute: string) => string[]
}

const kKinds = { Attributes: 'ATTRIBUTE', UserAttributes: 'USER_ATTRIBUTE', Metrics: 'METRIC' } as const

const kChannels = ['EMAIL', 'SMS', 'VOICE', 'PUSH', 'GCM', 'APNS', 'ADM', 'BAIDU', 'IN_APP', 'CUSTOM']

export function suggestionsOf(fields: Fields | undefined): Suggestions {
  const known = fields?.Fields ?? []
  const events = fields?.EventTypes ?? []
  const event = (type: string) => events.find((one) => one.EventType === type)
  return {
    names: (kind) => known.filter((field) => field.Kind === kKinds[kind]).map((field) => field.Name),
    values: (field) => {
      const values = (known.find((one) => one.Field === field)?.Values ?? []).map((value) => value.Value)
      return field === 'Demographic.Channel' ? [...new Set([...values, ...kChannels])] : values
    },
    range: (metric) => {
      const numbers = known.find((one) => one.Field === `Metrics.${metric}`)?.Numbers
      return numbers && { minimum: numbers.Minimum, maximum: numbers.Maximum }
    },
    eventTypes: events.map((one) => one.EventType),
    eventNames: (type, of) =>
      (of === 'attributes' ? event(type)?.Attributes : event(type)?.Metrics)?.map((one) => one.Name) ?? [],
    eventValues: (type, attribute) =>
      event(type)
        ?.Attributes.find((one) => one.Name === attribute)
        ?.Values.map((value) => value.Value) ?? [],
  }
}
