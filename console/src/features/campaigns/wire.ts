import type { Campaign, WriteCampaign, WriteTreatment } from '@/api/campaigns'
import { type CampaignForm, emptyCampaign, type TreatmentForm } from './form'
import { messagesFromWire, messagesToWire } from './messageWire'
import { scheduleFromWire, scheduleToWire } from './scheduleWire'

const textOf = (value: number | undefined) => (value ? String(value) : '')
const numberOf = (text: string) => (text.trim() === '' ? undefined : Number(text))

function treatmentFromWire(wire: WriteCampaign | WriteTreatment, size: number): TreatmentForm {
  return {
    name: wire.TreatmentName ?? '',
    description: wire.TreatmentDescription ?? '',
    size,
    messages: messagesFromWire(wire),
    base: wire,
  }
}

const kAnswered = new Set([
  'Id',
  'Arn',
  'ApplicationId',
  'CreationDate',
  'LastModifiedDate',
  'Version',
  'State',
  'DefaultState',
  'tags',
])

/** What was asked for, of what the server answers: without what it added. */
export function requestOf(campaign: Campaign): WriteCampaign {
  const kept = Object.entries(campaign).filter(([name]) => !kAnswered.has(name))
  const request = Object.fromEntries(kept) as WriteCampaign
  const additional = campaign.AdditionalTreatments?.map(({ Id, State, ...treatment }) => treatment)
  return { ...request, ...(additional ? { AdditionalTreatments: additional } : {}) }
}

export function campaignFromWire(wire: WriteCampaign): CampaignForm {
  const empty = emptyCampaign('UTC')
  const limits = wire.Limits ?? {}
  const additional = wire.AdditionalTreatments ?? []
  return {
    ...empty,
    name: wire.Name ?? '',
    description: wire.Description ?? '',
    segment: wire.SegmentId ?? '',
    segmentVersion: wire.SegmentVersion,
    treatments: [
      treatmentFromWire(wire, 0),
      ...additional.map((treatment) => treatmentFromWire(treatment, treatment.SizePercent)),
    ],
    holdout: wire.HoldoutPercent ?? 0,
    schedule: wire.Schedule ? scheduleFromWire(wire.Schedule, empty.schedule) : empty.schedule,
    limits: {
      daily: textOf(limits.Daily),
      total: textOf(limits.Total),
      perSecond: textOf(limits.MessagesPerSecond),
      minutes: textOf(limits.MaximumDuration && Math.round(limits.MaximumDuration / 60)),
      session: textOf(limits.Session),
    },
    priority: textOf(wire.Priority),
    isPaused: wire.IsPaused ?? false,
    base: wire,
  }
}

function additionalToWire(treatment: TreatmentForm): WriteTreatment {
  const { MessageConfiguration, TemplateConfiguration, Schedule, ...base } = treatment.base
  return {
    ...(base as Partial<WriteTreatment>),
    ...(Schedule ? { Schedule } : {}),
    TreatmentName: treatment.name || undefined,
    TreatmentDescription: treatment.description || undefined,
    SizePercent: treatment.size,
    ...messagesToWire(treatment),
  }
}

/** The whole campaign; members that the form leaves empty are left out. */
export function campaignToWire(form: CampaignForm): WriteCampaign {
  const [first, ...others] = form.treatments
  const { MessageConfiguration, TemplateConfiguration, tags, ...base } = form.base
  const minutes = numberOf(form.limits.minutes)
  return withoutUndefined({
    ...base,
    Name: form.name.trim(),
    Description: form.description.trim() || undefined,
    SegmentId: form.segment,
    SegmentVersion: form.segmentVersion,
    HoldoutPercent: form.holdout,
    IsPaused: form.isPaused && form.schedule.kind !== 'now',
    Priority: numberOf(form.priority),
    Schedule: scheduleToWire(form.schedule, base.Schedule),
    Limits: withoutUndefined({
      Daily: numberOf(form.limits.daily),
      Total: numberOf(form.limits.total),
      MessagesPerSecond: numberOf(form.limits.perSecond),
      MaximumDuration: minutes === undefined ? undefined : minutes * 60,
      Session: numberOf(form.limits.session),
    }),
    TreatmentName: first?.name || undefined,
    TreatmentDescription: first?.description || undefined,
    AdditionalTreatments: others.map((treatment) => withoutUndefined(additionalToWire(treatment))),
    ...(first ? messagesToWire(first) : {}),
  })
}

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value
}
