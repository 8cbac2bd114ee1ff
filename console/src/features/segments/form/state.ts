/** What the builder of segments edits: the same as the wire's definition, in the order and the words of a form. */

export type Combination = 'ALL' | 'ANY' | 'NONE'
export type TextTest = 'INCLUSIVE' | 'EXCLUSIVE' | 'CONTAINS' | 'BEFORE' | 'AFTER' | 'ON' | 'BETWEEN'
export type Comparison =
  | 'GREATER_THAN'
  | 'LESS_THAN'
  | 'GREATER_THAN_OR_EQUAL'
  | 'LESS_THAN_OR_EQUAL'
  | 'EQUAL'
export type SetPath =
  | 'Demographic.AppVersion'
  | 'Demographic.Channel'
  | 'Demographic.DeviceType'
  | 'Demographic.Make'
  | 'Demographic.Model'
  | 'Demographic.Platform'
  | 'Location.Country'

export const kCombinations = ['ALL', 'ANY', 'NONE'] as const
export const kTextTests = ['INCLUSIVE', 'EXCLUSIVE', 'CONTAINS', 'ON', 'BEFORE', 'AFTER', 'BETWEEN'] as const
export const kEventTextTests = ['INCLUSIVE', 'EXCLUSIVE', 'CONTAINS'] as const
export const kComparisons = [
  'GREATER_THAN_OR_EQUAL',
  'GREATER_THAN',
  'LESS_THAN_OR_EQUAL',
  'LESS_THAN',
  'EQUAL',
] as const
export const kSetPaths = [
  'Demographic.Channel',
  'Demographic.Platform',
  'Demographic.AppVersion',
  'Demographic.Make',
  'Demographic.Model',
  'Demographic.DeviceType',
  'Location.Country',
] as const

/** What the wire leaves out is undefined here, so that what was read is written again as it was. Numbers are as typed. */
export interface TextFilter {
  name: string
  test?: TextTest
  values: string[]
}
export interface NumberFilter {
  name: string
  comparison: Comparison
  value: string
}
export interface Period {
  unit: 'Days' | 'Hours'
  amount: string
}
export interface EventFilter {
  eventType: string
  attributes: TextFilter[]
  metrics: NumberFilter[]
  within?: Period
}
export interface EventTest extends EventFilter {
  did?: boolean
  measure?: 'COUNT' | 'SUM' | 'DISTINCT'
  of?: string
  comparison?: Comparison
  value?: string
  since?: string
  until?: string
  occurrence?: 'ANY' | 'FIRST' | 'LAST'
  after: EventFilter[]
}

export type Condition = { id: string } & (
  | ({ kind: 'text'; holder: 'Attributes' | 'UserAttributes' } & TextFilter)
  | ({ kind: 'number' } & NumberFilter)
  | { kind: 'set'; path: SetPath; type?: 'INCLUSIVE' | 'EXCLUSIVE'; values: string[] }
  | { kind: 'circle'; latitude: string; longitude: string; kilometers: string }
  | { kind: 'recency'; duration: 'HR_24' | 'DAY_7' | 'DAY_14' | 'DAY_30'; type: 'ACTIVE' | 'INACTIVE' }
  | { kind: 'event'; event: EventTest }
  /** A part of the definition that this form does not know; kept as it is. */
  | { kind: 'other'; path: string[]; value: unknown }
)
export type ConditionKind = Condition['kind']
export type ConditionOf<Kind extends ConditionKind> = Extract<Condition, { kind: Kind }>

/** Conditions that hold together: one item of the wire's `Dimensions`. */
export interface Block {
  id: string
  conditions: Condition[]
}
interface Source {
  id: string
  segment: string
  version?: number
}
export interface Group {
  id: string
  type?: Combination
  sourceType?: Combination
  /** undefined: the wire has no such list. */
  sources?: Source[]
  blocks?: Block[]
  rest?: Record<string, unknown>
}
export interface Definition {
  include?: Combination
  groups: Group[]
  /** How the wire says it: nothing at all, `Dimensions`, or `SegmentGroups`. */
  shape: 'none' | 'dimensions' | 'groups'
  rest?: Record<string, unknown>
}

let made = 0
/** An id for a part of the form; it is never sent. */
export function newId(): string {
  made += 1
  return `part-${made}`
}

export const newGroup = (): Group => ({
  id: newId(),
  type: 'ALL',
  sourceType: 'ALL',
  sources: [],
  blocks: [],
})
export const newBlock = (condition: Condition): Block => ({ id: newId(), conditions: [condition] })

export function newDefinition(): Definition {
  return { include: 'ALL', groups: [newGroup()], shape: 'groups' }
}

const kEmpty: { [Kind in ConditionKind]: () => ConditionOf<Kind> } = {
  text: () => ({
    id: newId(),
    kind: 'text',
    holder: 'UserAttributes',
    name: '',
    test: 'INCLUSIVE',
    values: [],
  }),
  number: () => ({ id: newId(), kind: 'number', name: '', comparison: 'GREATER_THAN_OR_EQUAL', value: '' }),
  set: () => ({ id: newId(), kind: 'set', path: 'Demographic.Channel', type: 'INCLUSIVE', values: [] }),
  circle: () => ({ id: newId(), kind: 'circle', latitude: '', longitude: '', kilometers: '10' }),
  recency: () => ({ id: newId(), kind: 'recency', duration: 'DAY_30', type: 'ACTIVE' }),
  event: () => ({
    id: newId(),
    kind: 'event',
    event: { did: true, eventType: '', attributes: [], metrics: [], after: [] },
  }),
  other: () => ({ id: newId(), kind: 'other', path: [], value: null }),
}

export function newCondition<Kind extends ConditionKind>(kind: Kind): ConditionOf<Kind> {
  return kEmpty[kind]()
}
