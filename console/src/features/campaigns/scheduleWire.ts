import type { WriteCampaign } from '@/api/campaigns'
import type { Every, ScheduleForm, ScheduleKind } from './form'

type Schedule = NonNullable<WriteCampaign['Schedule']>

const kMinute = 60_000

/** Minutes that a zone like `UTC+05:30` is ahead of UTC. */
function minutesOf(zone: string): number {
  const found = /^UTC([+-])(\d{2})(?::(\d{2}))?$/i.exec(zone)
  if (!found) return 0
  const size = Number(found[2]) * 60 + Number(found[3] ?? 0)
  return found[1] === '-' ? -size : size
}

/** What a clock in `zone` shows at a moment: `2026-11-22T14:05`. */
export function clockAt(moment: Date, zone: string): string {
  return new Date(moment.getTime() + minutesOf(zone) * kMinute).toISOString().slice(0, 16)
}

/** The moment at which a clock in `zone` shows a time. */
export function momentOf(clock: string, zone: string): Date {
  return new Date(new Date(`${clock}:00Z`).getTime() - minutesOf(zone) * kMinute)
}

/** A time of the wire as a clock in the schedule's zone shows it: a time with a zone of its own is turned. */
function readTime(text: string | undefined, zone: string): string {
  if (!text || text === 'IMMEDIATE') return ''
  if (/(Z|[+-]\d{2}:?\d{2})$/.test(text)) return clockAt(new Date(text), zone)
  return text.slice(0, 16)
}

/** A time without a zone is read in the schedule's `Timezone`. */
const writeTime = (clock: string) => `${clock}:00`

function kindOf(schedule: Schedule): ScheduleKind {
  if (schedule.Frequency === 'EVENT') return 'event'
  if (schedule.Frequency === 'IN_APP_EVENT') return 'inapp'
  if (schedule.Frequency && schedule.Frequency !== 'ONCE') return 'recurring'
  return schedule.StartTime === 'IMMEDIATE' ? 'now' : 'once'
}

/** Whether a campaign starts by what people do, not at a time. */
export const isByEvent = (kind: ScheduleKind) => kind === 'event' || kind === 'inapp'

export function scheduleFromWire(schedule: Schedule, empty: ScheduleForm): ScheduleForm {
  const kind = kindOf(schedule)
  const zone = schedule.Timezone || 'UTC'
  const dimensions = schedule.EventFilter?.Dimensions
  return {
    ...empty,
    kind,
    zone,
    start: readTime(schedule.StartTime, zone),
    end: readTime(schedule.EndTime, zone),
    every: kind === 'recurring' ? (schedule.Frequency as Every) : empty.every,
    isLocalTime: schedule.IsLocalTime ?? false,
    hasQuietTime: Boolean(schedule.QuietTime?.Start && schedule.QuietTime.End),
    quietStart: schedule.QuietTime?.Start || empty.quietStart,
    quietEnd: schedule.QuietTime?.End || empty.quietEnd,
    eventType: dimensions?.EventType?.Values[0] ?? '',
    eventAttributes: Object.entries(dimensions?.Attributes ?? {}).map(([name, { Values }]) => ({
      name,
      values: Values.join(', '),
    })),
    eventMetrics: Object.entries(dimensions?.Metrics ?? {}).map(([name, { ComparisonOperator, Value }]) => ({
      name,
      comparison: ComparisonOperator,
      value: String(Value),
    })),
  }
}

const kFrequencies = { now: 'ONCE', once: 'ONCE', event: 'EVENT', inapp: 'IN_APP_EVENT' } as const

function eventFilter(form: ScheduleForm, base: Schedule | undefined): Schedule['EventFilter'] {
  const attributes = Object.fromEntries(
    form.eventAttributes
      .filter(({ name, values }) => name.trim() !== '' && values.trim() !== '')
      .map(({ name, values }) => [
        name.trim(),
        {
          AttributeType:
            base?.EventFilter?.Dimensions.Attributes?.[name.trim()]?.AttributeType ?? 'INCLUSIVE',
          Values: values
            .split(',')
            .map((value) => value.trim())
            .filter(Boolean),
        } as const,
      ]),
  )
  const metrics = Object.fromEntries(
    form.eventMetrics
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, comparison, value }) => [
        name.trim(),
        { ComparisonOperator: comparison, Value: Number(value) },
      ]),
  )
  return {
    FilterType: base?.EventFilter?.FilterType ?? 'ENDPOINT',
    Dimensions: {
      ...base?.EventFilter?.Dimensions,
      EventType: { DimensionType: 'INCLUSIVE', Values: [form.eventType.trim()] },
      Attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
      Metrics: Object.keys(metrics).length > 0 ? metrics : undefined,
    },
  }
}

export function scheduleToWire(form: ScheduleForm, base?: Schedule): Schedule {
  const isNow = form.kind === 'now' || (isByEvent(form.kind) && form.start === '')
  const hasEnd = form.end !== '' && form.kind !== 'now' && form.kind !== 'once'
  return {
    StartTime: isNow ? 'IMMEDIATE' : writeTime(form.start),
    Frequency: form.kind === 'recurring' ? form.every : kFrequencies[form.kind],
    Timezone: form.zone,
    IsLocalTime: form.isLocalTime && (form.kind === 'once' || form.kind === 'recurring'),
    ...(hasEnd ? { EndTime: writeTime(form.end) } : {}),
    ...(form.hasQuietTime ? { QuietTime: { Start: form.quietStart, End: form.quietEnd } } : {}),
    ...(isByEvent(form.kind) ? { EventFilter: eventFilter(form, base) } : {}),
  }
}
