import type { WriteCampaign, WriteMonitor } from '@/api/campaigns'

export const kChannels = ['EMAIL', 'PUSH', 'SMS', 'INAPP'] as const
export type FormChannel = (typeof kChannels)[number]

/** What one treatment says on one channel. */
export interface MessageForm {
  kind: 'none' | 'template' | 'inline'
  template: string
  /** A fixed version of the template; empty for whichever is in use when it is sent. */
  version: string
  title: string
  body: string
  html: string
  url: string
  /** The stored message, so that what the form does not show is kept. */
  base: Record<string, unknown>
}

export interface TreatmentForm {
  name: string
  description: string
  /** Percent of the audience; of the first treatment it follows from the others. */
  size: number
  messages: Record<FormChannel, MessageForm>
  base: Partial<WriteCampaign>
}

export type ScheduleKind = 'now' | 'once' | 'recurring' | 'event' | 'inapp'
export type Every = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY'

export interface ScheduleForm {
  kind: ScheduleKind
  /** `2026-11-22T14:05`, as a clock in `zone` shows it. */
  start: string
  end: string
  every: Every
  zone: string
  isLocalTime: boolean
  hasQuietTime: boolean
  quietStart: string
  quietEnd: string
  eventType: string
  eventAttributes: readonly { name: string; values: string }[]
  eventMetrics: readonly { name: string; comparison: string; value: string }[]
}

export interface MonitorForm {
  lateMinutes: string
  audienceMinimum: string
  failurePercent: string
  stuckMinutes: string
  email: string
  /** A function or URL that is called with the alarm. */
  hook: string
  /** A paused campaign that stands in. */
  failover: string
}

/** A campaign as it stands in the form. Numbers that may be missing are texts, as they are typed. */
export interface CampaignForm {
  name: string
  description: string
  segment: string
  segmentVersion: number | undefined
  treatments: readonly TreatmentForm[]
  holdout: number
  schedule: ScheduleForm
  limits: { daily: string; total: string; perSecond: string; minutes: string; session: string }
  priority: string
  isPaused: boolean
  monitor: MonitorForm
  base: WriteCampaign
}

export const kTreatmentsMax = 5

export const kZones = [
  'UTC',
  ...['01', '02', '03', '03:30', '04', '04:30', '05', '05:30', '05:45', '06', '06:30', '07', '08', '09'].map(
    (hours) => `UTC+${hours}`,
  ),
  ...['09:30', '10', '10:30', '11', '12', '13'].map((hours) => `UTC+${hours}`),
  ...['02', '03', '04', '05', '06', '07', '08', '09', '10', '11'].map((hours) => `UTC-${hours}`),
]

export function emptyMessage(): MessageForm {
  return { kind: 'none', template: '', version: '', title: '', body: '', html: '', url: '', base: {} }
}

export function emptyTreatment(): TreatmentForm {
  return {
    name: '',
    description: '',
    size: 0,
    messages: {
      EMAIL: emptyMessage(),
      PUSH: emptyMessage(),
      SMS: emptyMessage(),
      INAPP: emptyMessage(),
    },
    base: {},
  }
}

const kNoMonitor: MonitorForm = {
  lateMinutes: '',
  audienceMinimum: '',
  failurePercent: '',
  stuckMinutes: '',
  email: '',
  hook: '',
  failover: '',
}

/** The zone of the list that has the same distance to UTC as the reader's clock; UTC when there is none. */
export function zoneOfOffset(minutesEast: number): string {
  const size = Math.abs(minutesEast)
  const hours = String(Math.floor(size / 60)).padStart(2, '0')
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`
  const zone = `UTC${minutesEast < 0 ? '-' : '+'}${hours}${rest}`
  return kZones.includes(zone) ? zone : 'UTC'
}

export function emptyCampaign(zone: string): CampaignForm {
  return {
    name: '',
    description: '',
    segment: '',
    segmentVersion: undefined,
    treatments: [emptyTreatment()],
    holdout: 0,
    schedule: {
      kind: 'now',
      start: '',
      end: '',
      every: 'WEEKLY',
      zone,
      isLocalTime: false,
      hasQuietTime: false,
      quietStart: '22:00',
      quietEnd: '07:00',
      eventType: '',
      eventAttributes: [],
      eventMetrics: [],
    },
    limits: { daily: '', total: '', perSecond: '', minutes: '', session: '' },
    priority: '',
    isPaused: false,
    monitor: kNoMonitor,
    base: {},
  }
}

/** Percent of the audience that the first treatment gets: what the others and the holdout leave. */
export function firstSize({ treatments, holdout }: Pick<CampaignForm, 'treatments' | 'holdout'>): number {
  return 100 - holdout - treatments.slice(1).reduce((sum, { size }) => sum + size, 0)
}

const numberOf = (text: string) => (text.trim() === '' ? undefined : Number(text))

export function monitorToWire(form: MonitorForm): WriteMonitor | null {
  const minutes = (text: string) => {
    const value = numberOf(text)
    return value === undefined ? undefined : value * 60
  }
  const rules: WriteMonitor = {
    LateStartSeconds: minutes(form.lateMinutes),
    AudienceMinimum: numberOf(form.audienceMinimum),
    FailurePercentMaximum: numberOf(form.failurePercent),
    StuckSeconds: minutes(form.stuckMinutes),
  }
  if (Object.values(rules).every((value) => value === undefined)) return null
  return {
    ...rules,
    Email: form.email.trim() || undefined,
    Hook: form.hook.trim() || undefined,
    FailoverCampaignId: form.failover || undefined,
  }
}

export function monitorFromWire(rules: WriteMonitor | null | undefined): MonitorForm {
  const text = (value: number | undefined) => (value === undefined ? '' : String(value))
  const minutes = (seconds: number | undefined) =>
    text(seconds === undefined ? undefined : Math.round(seconds / 60))
  return {
    lateMinutes: minutes(rules?.LateStartSeconds),
    audienceMinimum: text(rules?.AudienceMinimum),
    failurePercent: text(rules?.FailurePercentMaximum),
    stuckMinutes: minutes(rules?.StuckSeconds),
    email: rules?.Email ?? '',
    hook: rules?.Hook ?? '',
    failover: rules?.FailoverCampaignId ?? '',
  }
}
