import type {
  Block,
  Condition,
  Definition,
  EventFilter,
  EventTest,
  Group,
  NumberFilter,
  TextFilter,
} from './state'

type Json = Record<string, unknown>

/** Where the condition stands in an item of `Dimensions`, as the server's messages name it. */
interface Place {
  condition: Condition
  path: string
}
interface Laid {
  dimensions: Json
  places: Place[]
  /** The list of events as this form wrote it; one that it does not know is left alone. */
  events?: Json[]
}

const textsToWire = ({ test, values }: Omit<TextFilter, 'name'>): Json => ({
  ...(test ? { AttributeType: test } : {}),
  Values: values,
})
const numberToWire = ({ comparison, value }: NumberFilter): Json => ({
  ComparisonOperator: comparison,
  ...(value.trim() === '' ? {} : { Value: Number(value) }),
})

function named<Filter extends { name: string }>(
  member: string,
  filters: readonly Filter[],
  write: (filter: Filter) => Json,
): Json {
  if (filters.length === 0) return {}
  return { [member]: Object.fromEntries(filters.map((filter) => [filter.name, write(filter)])) }
}

function filterToWire(filter: EventFilter): Json {
  return {
    EventType: filter.eventType,
    ...named('Attributes', filter.attributes, textsToWire),
    ...named('Metrics', filter.metrics, numberToWire),
    ...(filter.within ? { Within: { [filter.within.unit]: Number(filter.within.amount) } } : {}),
  }
}

function eventToWire(event: EventTest): Json {
  return {
    ...filterToWire(event),
    ...(event.did === undefined ? {} : { Did: event.did }),
    ...(event.measure ? { Measure: event.measure } : {}),
    ...(event.of === undefined ? {} : { Of: event.of }),
    ...(event.comparison ? { ComparisonOperator: event.comparison } : {}),
    ...(event.value === undefined ? {} : { Value: Number(event.value) }),
    ...(event.since === undefined ? {} : { Since: event.since }),
    ...(event.until === undefined ? {} : { Until: event.until }),
    ...(event.occurrence ? { Occurrence: event.occurrence } : {}),
    ...(event.after.length > 0 ? { Then: event.after.map(filterToWire) } : {}),
  }
}

/** Which member of `Dimensions` a condition is, and what it says there. */
function memberOf(condition: Condition): { path: readonly string[]; value: unknown } {
  switch (condition.kind) {
    case 'text':
      return { path: [condition.holder, condition.name], value: textsToWire(condition) }
    case 'number':
      return { path: ['Metrics', condition.name], value: numberToWire(condition) }
    case 'set':
      return {
        path: condition.path.split('.'),
        value: {
          ...(condition.type ? { DimensionType: condition.type } : {}),
          Values: condition.values,
        },
      }
    case 'circle':
      return {
        path: ['Location', 'GPSPoint'],
        value: {
          Coordinates: { Latitude: Number(condition.latitude), Longitude: Number(condition.longitude) },
          RangeInKilometers: Number(condition.kilometers),
        },
      }
    case 'recency':
      return {
        path: ['Behavior', 'Recency'],
        value: { Duration: condition.duration, RecencyType: condition.type },
      }
    case 'event':
      return { path: ['Behavior', 'Events'], value: eventToWire(condition.event) }
    case 'other':
      return { path: condition.path, value: condition.value }
  }
}

const kNamed = ['Attributes', 'UserAttributes', 'Metrics']

function placeName([holder = '', name]: readonly string[], index?: number): string {
  if (name === undefined) return holder
  const member = kNamed.includes(holder) ? `${holder}["${name}"]` : `${holder}.${name}`
  return index === undefined ? member : `${member}[${index}]`
}

const isHolder = (members: unknown) =>
  typeof members === 'object' &&
  members !== null &&
  Object.keys(members).length > 0 &&
  !Array.isArray(members)

/** Puts a condition into the item; false when its place is taken by another. */
function put(laid: Laid, condition: Condition): boolean {
  const { path, value } = memberOf(condition)
  const [holder = '', name] = path
  if (name === undefined) {
    if (holder in laid.dimensions) return false
    laid.dimensions[holder] = value
    laid.places.push({ condition, path: placeName(path) })
    return true
  }
  const members = laid.dimensions[holder] as Json | undefined
  const isTaken = members !== undefined && (!isHolder(members) || Object.hasOwn(members, name))
  if (isTaken && (condition.kind !== 'event' || !laid.events)) return false
  const holding = members ?? {}
  if (!members) laid.dimensions[holder] = holding
  if (condition.kind !== 'event') {
    Object.defineProperty(holding, name, { value, enumerable: true, configurable: true, writable: true })
    laid.places.push({ condition, path: placeName(path) })
    return true
  }
  laid.events ??= []
  holding[name] = laid.events
  laid.events.push(value as Json)
  laid.places.push({ condition, path: placeName(path, laid.events.length - 1) })
  return true
}

/** One block as one item, or as several where two conditions are about the same field. */
function layOut(block: Block): Laid[] {
  const items: Laid[] = [{ dimensions: {}, places: [] }]
  for (const condition of block.conditions) {
    if (items.some((item) => put(item, condition))) continue
    const more: Laid = { dimensions: {}, places: [] }
    put(more, condition)
    items.push(more)
  }
  return items
}

const laidOf = (group: Group): Laid[] | undefined => group.blocks?.flatMap(layOut)

function groupToWire(group: Group): Json {
  const laid = laidOf(group)
  return {
    ...group.rest,
    ...(group.sources
      ? {
          SourceSegments: group.sources.map((source) => ({
            Id: source.segment,
            ...(source.version === undefined ? {} : { Version: source.version }),
          })),
        }
      : {}),
    ...(group.sourceType ? { SourceType: group.sourceType } : {}),
    ...(laid ? { Dimensions: laid.map((item) => item.dimensions) } : {}),
    ...(group.type ? { Type: group.type } : {}),
  }
}

/** The single item when the definition can be, and was, said as `Dimensions`. */
function alone(definition: Definition): Laid | undefined {
  const [group, ...others] = definition.groups
  if (definition.shape !== 'dimensions' || !group || others.length > 0) return undefined
  if (definition.include === 'NONE' || group.type === 'NONE' || (group.sources?.length ?? 0) > 0)
    return undefined
  const laid = laidOf(group) ?? []
  return laid.length === 1 ? laid[0] : undefined
}

export interface WireDefinition {
  Dimensions?: object
  SegmentGroups?: object
}

/** The definition as the API takes it. */
export function toWire(definition: Definition): WireDefinition {
  if (definition.shape === 'none' && definition.groups.length === 0) return {}
  const item = alone(definition)
  if (item) return { Dimensions: item.dimensions }
  return {
    SegmentGroups: {
      ...definition.rest,
      ...(definition.include ? { Include: definition.include } : {}),
      Groups: definition.groups.map(groupToWire),
    },
  }
}

/** The paths of the wire by which the server names parts of the form: path -> id of the condition, source or group. */
export function pathsOf(definition: Definition): Map<string, string> {
  const paths = new Map<string, string>()
  const item = alone(definition)
  if (item) {
    for (const place of item.places) paths.set(`Dimensions.${place.path}`, place.condition.id)
    return paths
  }
  definition.groups.forEach((group, at) => {
    const path = `SegmentGroups.Groups[${at}]`
    paths.set(path, group.id)
    group.sources?.forEach((source, index) => {
      paths.set(`${path}.SourceSegments[${index}]`, source.id)
    })
    laidOf(group)?.forEach((laid, index) => {
      for (const place of laid.places) {
        paths.set(`${path}.Dimensions[${index}].${place.path}`, place.condition.id)
      }
    })
  })
  return paths
}

/** Which part of the form a message of the server is about: the one with the longest path the message begins with. */
export function partNamedBy(message: string, definition: Definition): string | undefined {
  let longest = ''
  let part: string | undefined
  for (const [path, id] of pathsOf(definition)) {
    if (path.length > longest.length && message.includes(path)) {
      longest = path
      part = id
    }
  }
  return part
}
