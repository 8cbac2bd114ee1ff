import { describe, expect, it } from 'vitest'
import { addCondition, addGroup, changeCondition, removeCondition } from './edits'
import { changeTime, changeWay, kTimes, kWays, timeOf, wayOf } from './eventWays'
import { fromWire } from './fromWire'
import { kComparisons, kEventTextTests, kSetPaths, kTextTests, newCondition, newDefinition } from './state'
import { partNamedBy, pathsOf, toWire } from './toWire'
import { finishedPart, unfinishedOf } from './unfinished'

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Definitions as the wire has them, with absent members, strange names and parts that the form does not know. */
class Maker {
  constructor(private readonly random: () => number) {}

  definition(): object {
    const which = this.below(5)
    if (which === 0) return {}
    if (which === 1) return { Dimensions: this.dimensions() }
    return {
      SegmentGroups: {
        ...this.maybe('Include', () => this.pick(['ALL', 'ANY', 'NONE'])),
        ...this.maybe('Later', () => ({ Deep: [1, null] }), 0.05),
        Groups: this.list(4, () => this.group()),
      },
    }
  }

  private below(limit: number) {
    return Math.floor(this.random() * limit)
  }
  private pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }
  private list<Item>(lengthMax: number, make: () => Item): Item[] {
    return Array.from({ length: this.below(lengthMax + 1) }, make)
  }
  private maybe(name: string, make: () => unknown, share = 0.6): object {
    return this.random() < share ? { [name]: make() } : {}
  }
  private number() {
    return this.pick([0, 1, -7, 2.5, 1e21, 1e-7, 123_456_789, Math.round(this.random() * 1e6) / 100])
  }
  private name() {
    return this.pick(['Team', 'a b', 'x"y', '__proto__', 'constructor', '', '漢字', `n${this.below(50)}`])
  }
  private texts(lengthMax = 3) {
    return this.list(lengthMax, () => this.name())
  }
  private map(lengthMin: number, make: () => unknown): object {
    const entries = Array.from({ length: lengthMin + this.below(3) }, () => [this.name(), make()] as const)
    return Object.fromEntries(entries)
  }
  private text(tests: readonly string[]) {
    return {
      ...this.maybe('AttributeType', () => this.pick([...tests, ...(this.random() < 0.05 ? ['LIKE'] : [])])),
      Values: this.texts(),
      ...this.maybe('Case', () => 'IGNORED', 0.03),
    }
  }
  private metric() {
    return { ComparisonOperator: this.pick(kComparisons), ...this.maybe('Value', () => this.number(), 0.95) }
  }
  private within() {
    return this.pick([{ Days: this.number() }, { Hours: this.number() }, { Days: 1, Hours: 2 }, {}])
  }
  private filter() {
    return {
      EventType: this.name(),
      ...this.maybe('Attributes', () => this.map(this.below(2), () => this.text(kEventTextTests)), 0.3),
      ...this.maybe('Metrics', () => this.map(this.below(2), () => this.metric()), 0.3),
      ...this.maybe('Within', () => this.within(), 0.3),
    }
  }
  private event() {
    return {
      ...this.filter(),
      ...this.maybe('Did', () => this.random() < 0.5),
      ...this.maybe('Measure', () => this.pick(['COUNT', 'SUM', 'DISTINCT']), 0.4),
      ...this.maybe('Of', () => this.name(), 0.3),
      ...this.maybe('ComparisonOperator', () => this.pick(kComparisons), 0.3),
      ...this.maybe('Value', () => this.number(), 0.3),
      ...this.maybe('Since', () => '2026-01-01', 0.2),
      ...this.maybe('Until', () => '2026-02-01T10:00:00Z', 0.2),
      ...this.maybe('Occurrence', () => this.pick(['ANY', 'FIRST', 'LAST']), 0.2),
      ...this.maybe('Then', () => this.list(2, () => this.filter()), 0.3),
      ...this.maybe('Later', () => ({ of: 'course' }), 0.03),
    }
  }
  private set() {
    return {
      ...this.maybe('DimensionType', () => this.pick(['INCLUSIVE', 'EXCLUSIVE'])),
      Values: this.texts(),
    }
  }
  private dimensions(): object {
    const sets = (holder: string) =>
      Object.fromEntries(
        kSetPaths
          .filter((path) => path.startsWith(holder) && this.random() < 0.5)
          .map((path) => [path.slice(holder.length + 1), this.set()]),
      )
    return {
      ...this.maybe('Attributes', () => this.map(1, () => this.text(kTextTests)), 0.4),
      ...this.maybe('UserAttributes', () => this.map(0, () => this.text(kTextTests)), 0.4),
      ...this.maybe('Metrics', () => this.map(1, () => this.metric()), 0.4),
      ...this.maybe('Demographic', () => sets('Demographic'), 0.3),
      ...this.maybe(
        'Location',
        () => ({ ...sets('Location'), ...this.maybe('GPSPoint', () => this.circle()) }),
        0.3,
      ),
      ...this.maybe('Behavior', () => this.behavior(), 0.5),
      ...this.maybe('Later', () => this.pick([null, 7, [], { A: 1, B: [2] }]), 0.1),
    }
  }
  private circle() {
    return {
      Coordinates: { Latitude: this.number(), Longitude: this.number() },
      ...this.maybe('RangeInKilometers', () => this.number(), 0.9),
    }
  }
  private behavior() {
    return {
      ...this.maybe('Recency', () => ({
        Duration: this.pick(['HR_24', 'DAY_7', 'DAY_14', 'DAY_30', 'DAY_90']),
        RecencyType: this.pick(['ACTIVE', 'INACTIVE']),
      })),
      ...this.maybe('Events', () => this.list(3, () => this.event())),
    }
  }
  private group(): object {
    return {
      ...this.maybe('Type', () => this.pick(['ALL', 'ANY', 'NONE', 'SOME'])),
      ...this.maybe('SourceType', () => this.pick(['ALL', 'ANY', 'NONE'])),
      ...this.maybe('SourceSegments', () =>
        this.list(2, () => ({ Id: this.name(), ...this.maybe('Version', () => 1 + this.below(4)) })),
      ),
      ...this.maybe('Dimensions', () => this.list(3, () => this.dimensions())),
      ...this.maybe('Later', () => true, 0.05),
    }
  }
}

/** The form without the ids of its parts, which are new each time it is read. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member) => (name === 'id' ? undefined : member)))
}

describe('The form of a segment and its definition on the wire', () => {
  it('are inverses of each other', () => {
    for (let seed = 1; seed <= 500; ++seed) {
      // Through JSON text, as it comes from the server, so that `__proto__` is a name like any other.
      const wire = JSON.parse(JSON.stringify(new Maker(randomOf(seed)).definition()))
      const form = fromWire(wire)
      expect(JSON.parse(JSON.stringify(toWire(form))), `seed ${seed}`).toEqual(wire)
      expect(withoutIds(fromWire(toWire(form))), `seed ${seed}`).toEqual(withoutIds(form))
    }
  }, 60_000)

  it('keep what the form does not know, beside what it adds', () => {
    const wire = { Dimensions: { Behavior: { Events: [{ EventType: 'x', Later: 1 }] }, Later: { A: 1 } } }
    const form = fromWire(wire)
    const group = form.groups[0]?.id ?? ''
    const block = form.groups[0]?.blocks?.[0]?.id
    const event = newCondition('event')
    event.event.eventType = 'y'
    const grown = addCondition(form, { group, block }, event)
    expect(toWire(grown)).toEqual({
      SegmentGroups: {
        Groups: [
          {
            Dimensions: [wire.Dimensions, { Behavior: { Events: [{ EventType: 'y', Did: true }] } }],
          },
        ],
      },
    })
  })

  it('say two conditions about one field as two items', () => {
    const start = newDefinition()
    const group = start.groups[0]?.id ?? ''
    const one = { ...newCondition('text'), name: 'Team', values: ['Reds'] }
    const other = { ...newCondition('text'), name: 'Team', test: 'EXCLUSIVE' as const, values: ['Blues'] }
    const first = addCondition(start, { group }, one)
    const both = addCondition(first, { group, block: first.groups[0]?.blocks?.[0]?.id }, other)
    expect(toWire(both)).toMatchObject({
      SegmentGroups: {
        Groups: [
          {
            Dimensions: [
              { UserAttributes: { Team: { AttributeType: 'INCLUSIVE', Values: ['Reds'] } } },
              { UserAttributes: { Team: { AttributeType: 'EXCLUSIVE', Values: ['Blues'] } } },
            ],
          },
        ],
      },
    })
    const changed = changeCondition(both, { ...one, values: ['Greens'] })
    expect(removeCondition(changed, other.id).groups[0]?.blocks).toHaveLength(1)
  })
})

describe('A message of the server', () => {
  const wire = {
    SegmentGroups: {
      Groups: [
        {
          SourceSegments: [{ Id: 'a' }, { Id: 'b' }],
          Dimensions: [
            { Metrics: { Age: { ComparisonOperator: 'EQUAL', Value: 1 } } },
            { Attributes: { Team: { Values: ['Reds'] } }, Behavior: { Events: [{ EventType: 'x' }] } },
          ],
        },
      ],
    },
  }
  const form = fromWire(wire)

  it('is about the condition, source or group it names', () => {
    const [group] = form.groups
    const conditions = group?.blocks?.flatMap((block) => block.conditions) ?? []
    const at = (path: string) => partNamedBy(`SegmentGroups.Groups[0]${path} must be something else`, form)
    expect(at('.Dimensions[0].Metrics["Age"].Value')).toBe(conditions[0]?.id)
    expect(at('.Dimensions[1].Attributes["Team"].Values[2]')).toBe(conditions[1]?.id)
    expect(at('.Dimensions[1].Behavior.Events[0].Within.Days')).toBe(conditions[2]?.id)
    expect(at('.SourceSegments[1].Id')).toBe(group?.sources?.[1]?.id)
    expect(at('.Type')).toBe(group?.id)
    expect(partNamedBy('Name is required', form)).toBeUndefined()
  })

  it('finds every part of the form', () => {
    expect(pathsOf(form).size).toBe(1 + 2 + 3)
    expect([
      ...pathsOf(fromWire({ Dimensions: wire.SegmentGroups.Groups[0]?.Dimensions[0] })).keys(),
    ]).toEqual(['Dimensions.Metrics["Age"]'])
  })
})

describe('What is not finished', () => {
  it('is left out of what is asked, so that a new condition does not change the number', () => {
    const start = newDefinition()
    const group = start.groups[0]?.id ?? ''
    const empty = addCondition(start, { group }, newCondition('text'))
    expect(unfinishedOf(empty).size).toBe(1)
    expect(toWire(finishedPart(empty))).toEqual({ SegmentGroups: { Include: 'ALL', Groups: [] } })
    const done = addCondition(empty, { group }, { ...newCondition('text'), name: 'Team', values: ['Reds'] })
    const withNewGroup = addGroup(done)
    expect(unfinishedOf(withNewGroup).size).toBe(1)
    expect(toWire(finishedPart(withNewGroup))).toMatchObject({
      SegmentGroups: { Groups: [{ Dimensions: [{ UserAttributes: { Team: {} } }] }, { Dimensions: [] }] },
    })
  })
})

describe('How an event is counted and when', () => {
  it('is read back as it was chosen, whatever was chosen before', () => {
    for (const before of kWays) {
      for (const way of kWays) {
        expect(wayOf(changeWay(changeWay(newCondition('event').event, before), way))).toBe(way)
      }
    }
    for (const before of kTimes) {
      for (const time of kTimes) {
        expect(timeOf(changeTime(changeTime(newCondition('event').event, before), time))).toBe(time)
      }
    }
  })
})
