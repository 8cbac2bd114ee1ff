import {
  type Block,
  type Combination,
  type Comparison,
  type Condition,
  type Definition,
  type EventFilter,
  type EventTest,
  type Group,
  kCombinations,
  kComparisons,
  kEventTextTests,
  kSetPaths,
  kTextTests,
  type NumberFilter,
  newId,
  type Period,
  type SetPath,
  type TextFilter,
  type TextTest,
} from './state'

type Json = Record<string, unknown>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function hasOnly(holder: Json, known: readonly string[]): boolean {
  return Object.keys(holder).every((name) => known.includes(name))
}

const isOneOf = <Value extends string>(known: readonly Value[], value: unknown): value is Value =>
  known.includes(value as Value)

/** An absent member, or one of the known values; `false` when it is something else. */
function optional<Value extends string>(known: readonly Value[], value: unknown): Value | undefined | false {
  if (value === undefined) return undefined
  return isOneOf(known, value) ? value : false
}

function textFilter(name: string, value: unknown, tests: readonly TextTest[]): TextFilter | undefined {
  if (!isObject(value) || !hasOnly(value, ['AttributeType', 'Values']) || !isTexts(value.Values))
    return undefined
  const test = optional(tests, value.AttributeType)
  return test === false ? undefined : { name, ...(test ? { test } : {}), values: value.Values }
}

function numberFilter(name: string, value: unknown): NumberFilter | undefined {
  if (!isObject(value) || !hasOnly(value, ['ComparisonOperator', 'Value'])) return undefined
  if (!isOneOf<Comparison>(kComparisons, value.ComparisonOperator) || typeof value.Value !== 'number')
    return undefined
  return { name, comparison: value.ComparisonOperator, value: String(value.Value) }
}

/** Every entry of a map read, or undefined when one cannot be. An absent map is empty. */
function entries<Read>(
  value: unknown,
  read: (name: string, value: unknown) => Read | undefined,
): Read[] | undefined {
  if (value === undefined) return []
  // An empty map would be lost on the way back, so it is not read.
  if (!isObject(value) || Object.keys(value).length === 0) return undefined
  const all = Object.entries(value).map(([name, entry]) => read(name, entry))
  return all.every((one) => one !== undefined) ? (all as Read[]) : undefined
}

function period(value: unknown): Period | undefined {
  if (!isObject(value)) return undefined
  const [unit, ...more] = Object.keys(value)
  if (more.length > 0 || (unit !== 'Days' && unit !== 'Hours')) return undefined
  const amount = value[unit]
  return typeof amount === 'number' ? { unit, amount: String(amount) } : undefined
}

function eventFilter(value: Json): EventFilter | undefined {
  const attributes = entries(value.Attributes, (name, entry) => textFilter(name, entry, kEventTextTests))
  const metrics = entries(value.Metrics, numberFilter)
  const within = value.Within === undefined ? undefined : period(value.Within)
  if (typeof value.EventType !== 'string' || !attributes || !metrics) return undefined
  if (value.Within !== undefined && !within) return undefined
  return { eventType: value.EventType, attributes, metrics, ...(within ? { within } : {}) }
}

const kFilterMembers = ['EventType', 'Attributes', 'Metrics', 'Within']
const kTestMembers = [
  ...kFilterMembers,
  'Did',
  'Measure',
  'Of',
  'ComparisonOperator',
  'Value',
  'Since',
  'Until',
  'Occurrence',
  'Then',
]

function steps(value: unknown): EventFilter[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length === 0) return undefined
  const read = value.map((step) =>
    isObject(step) && hasOnly(step, kFilterMembers) ? eventFilter(step) : undefined,
  )
  return read.every((step) => step !== undefined) ? (read as EventFilter[]) : undefined
}

function eventTest(value: unknown): EventTest | undefined {
  if (!isObject(value) || !hasOnly(value, kTestMembers)) return undefined
  const filter = eventFilter(value)
  const then = steps(value.Then)
  const measure = optional(['COUNT', 'SUM', 'DISTINCT'] as const, value.Measure)
  const comparison = optional(kComparisons, value.ComparisonOperator)
  const occurrence = optional(['ANY', 'FIRST', 'LAST'] as const, value.Occurrence)
  if (!filter || !then || measure === false || comparison === false || occurrence === false) return undefined
  const { Did: did, Of: of, Since: since, Until: until, Value: number } = value
  if (did !== undefined && typeof did !== 'boolean') return undefined
  if ([of, since, until].some((text) => text !== undefined && typeof text !== 'string')) return undefined
  if (number !== undefined && typeof number !== 'number') return undefined
  return {
    ...filter,
    ...(did === undefined ? {} : { did }),
    ...(measure ? { measure } : {}),
    ...(of === undefined ? {} : { of: of as string }),
    ...(comparison ? { comparison } : {}),
    ...(number === undefined ? {} : { value: String(number) }),
    ...(since === undefined ? {} : { since: since as string }),
    ...(until === undefined ? {} : { until: until as string }),
    ...(occurrence ? { occurrence } : {}),
    after: then,
  }
}

function setCondition(path: SetPath, value: unknown): Condition | undefined {
  if (!isObject(value) || !hasOnly(value, ['DimensionType', 'Values']) || !isTexts(value.Values))
    return undefined
  const type = optional(['INCLUSIVE', 'EXCLUSIVE'] as const, value.DimensionType)
  if (type === false) return undefined
  return { id: newId(), kind: 'set', path, ...(type ? { type } : {}), values: value.Values }
}

function circle(value: unknown): Condition | undefined {
  if (!isObject(value) || !hasOnly(value, ['Coordinates', 'RangeInKilometers'])) return undefined
  const { Coordinates: at, RangeInKilometers: kilometers } = value
  if (!isObject(at) || !hasOnly(at, ['Latitude', 'Longitude'])) return undefined
  const { Latitude: latitude, Longitude: longitude } = at
  if ([latitude, longitude, kilometers].some((number) => typeof number !== 'number')) return undefined
  return {
    id: newId(),
    kind: 'circle',
    latitude: String(latitude),
    longitude: String(longitude),
    kilometers: String(kilometers),
  }
}

function recency(value: unknown): Condition | undefined {
  if (!isObject(value) || !hasOnly(value, ['Duration', 'RecencyType'])) return undefined
  const { Duration: duration, RecencyType: type } = value
  if (!isOneOf(['HR_24', 'DAY_7', 'DAY_14', 'DAY_30'] as const, duration)) return undefined
  if (!isOneOf(['ACTIVE', 'INACTIVE'] as const, type)) return undefined
  return { id: newId(), kind: 'recency', duration, type }
}

/** One member of a `Dimensions` item that holds one condition. */
function memberCondition(path: readonly [string, string], value: unknown): Condition | undefined {
  const [holder, name] = path
  if (holder === 'Attributes' || holder === 'UserAttributes') {
    const filter = textFilter(name, value, kTextTests)
    return filter && { id: newId(), kind: 'text', holder, ...filter }
  }
  if (holder === 'Metrics') {
    const filter = numberFilter(name, value)
    return filter && { id: newId(), kind: 'number', ...filter }
  }
  const dotted = path.join('.')
  if (isOneOf(kSetPaths, dotted)) return setCondition(dotted, value)
  if (dotted === 'Location.GPSPoint') return circle(value)
  if (dotted === 'Behavior.Recency') return recency(value)
  return undefined
}

function eventConditions(value: unknown): Condition[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const read = value.map(eventTest)
  if (read.some((event) => event === undefined)) return undefined
  return read.map((event) => ({ id: newId(), kind: 'event' as const, event: event as EventTest }))
}

/** One item of `Dimensions` as conditions that hold together; what is not understood becomes a condition of kind `other`. */
function blockFromWire(dimensions: Json): Block {
  const conditions: Condition[] = []
  for (const [holder, members] of Object.entries(dimensions)) {
    if (!isObject(members) || Object.keys(members).length === 0) {
      conditions.push({ id: newId(), kind: 'other', path: [holder], value: members })
      continue
    }
    for (const [name, value] of Object.entries(members)) {
      const events = holder === 'Behavior' && name === 'Events' ? eventConditions(value) : undefined
      const one = events ? undefined : memberCondition([holder, name], value)
      if (events) conditions.push(...events)
      else conditions.push(one ?? { id: newId(), kind: 'other', path: [holder, name], value })
    }
  }
  return { id: newId(), conditions }
}

function groupFromWire(group: Json): Group {
  const { Type, SourceType, SourceSegments, Dimensions, ...rest } = group
  const read: Group = { id: newId() }
  if (isOneOf<Combination>(kCombinations, Type)) read.type = Type
  else if (Type !== undefined) rest.Type = Type
  if (isOneOf<Combination>(kCombinations, SourceType)) read.sourceType = SourceType
  else if (SourceType !== undefined) rest.SourceType = SourceType
  if (Array.isArray(SourceSegments)) {
    read.sources = SourceSegments.map((source: { Id: string; Version?: number }) => ({
      id: newId(),
      segment: source.Id,
      ...(source.Version === undefined ? {} : { version: source.Version }),
    }))
  }
  if (Array.isArray(Dimensions)) read.blocks = Dimensions.map((item: Json) => blockFromWire(item))
  if (Object.keys(rest).length > 0) read.rest = rest
  return read
}

/** The form of a stored definition. `toWire` of it is the definition again. */
export function fromWire(definition: { Dimensions?: object; SegmentGroups?: object }): Definition {
  const groups = definition.SegmentGroups as Json | undefined
  if (groups) {
    const { Include, Groups, ...rest } = groups
    const include = isOneOf<Combination>(kCombinations, Include) ? Include : undefined
    return {
      shape: 'groups',
      ...(include ? { include } : {}),
      groups: Array.isArray(Groups) ? Groups.map((group: Json) => groupFromWire(group)) : [],
      ...(Object.keys(rest).length > 0 ? { rest } : {}),
    }
  }
  if (definition.Dimensions) {
    const block = blockFromWire(definition.Dimensions as Json)
    return { shape: 'dimensions', groups: [{ id: newId(), blocks: [block] }] }
  }
  return { shape: 'none', groups: [] }
}
