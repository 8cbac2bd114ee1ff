import { describe, expect, it } from 'vitest'
import type { Campaign, WriteCampaign } from '@/api/campaigns'
import {
  emptyCampaign,
  emptyTreatment,
  firstSize,
  monitorFromWire,
  monitorToWire,
  zoneOfOffset,
} from './form'
import { clockAt, momentOf } from './scheduleWire'
import { campaignFromWire, campaignToWire, requestOf } from './wire'

const recurring: WriteCampaign = {
  Name: 'Weekly digest',
  Description: 'every Monday',
  SegmentId: 's1',
  SegmentVersion: 2,
  HoldoutPercent: 10,
  IsPaused: false,
  Priority: 3,
  Schedule: {
    StartTime: '2026-12-01T09:00:00',
    EndTime: '2027-03-01T09:00:00',
    Frequency: 'WEEKLY',
    Timezone: 'UTC+08',
    IsLocalTime: true,
    QuietTime: { Start: '22:00', End: '07:00' },
  },
  Limits: { Daily: 1, Total: 5, MessagesPerSecond: 100, MaximumDuration: 3600 },
  TreatmentName: 'A',
  AdditionalTreatments: [
    { SizePercent: 30, TreatmentName: 'B', MessageConfiguration: { SMSMessage: { Body: 'Hi {{Id}}' } } },
  ],
  TemplateConfiguration: { EmailTemplate: { Name: 'digest', Version: '4' }, PushTemplate: { Name: 'nudge' } },
}

const triggered: WriteCampaign = {
  Name: 'After a purchase',
  SegmentId: 's2',
  HoldoutPercent: 0,
  IsPaused: true,
  Schedule: {
    StartTime: 'IMMEDIATE',
    Frequency: 'EVENT',
    Timezone: 'UTC',
    IsLocalTime: false,
    EventFilter: {
      FilterType: 'ENDPOINT',
      Dimensions: {
        EventType: { DimensionType: 'INCLUSIVE', Values: ['purchase'] },
        Attributes: { genre: { AttributeType: 'INCLUSIVE', Values: ['drama', 'comedy'] } },
        Metrics: { price: { ComparisonOperator: 'GREATER_THAN', Value: 10 } },
      },
    },
  },
  Limits: {},
  AdditionalTreatments: [],
  MessageConfiguration: {
    EmailMessage: { Title: 'Thanks', HtmlBody: '<p>Hi</p>', Body: 'Hi', FromAddress: 'a@example.com' },
    APNSMessage: { Title: 'Thanks', Body: 'Hi', Action: 'URL', Url: 'https://example.com', TimeToLive: 60 },
    GCMMessage: { Title: 'Thanks', Body: 'Hi', Action: 'URL', Url: 'https://example.com', TimeToLive: 60 },
    CustomMessage: { Data: 'kept' },
  },
}

describe('A campaign in the form', () => {
  it.each([
    ['a recurring one with treatments', recurring],
    ['one that an event triggers', triggered],
  ])('comes back as it was: %s', (_, wire) => {
    expect(campaignToWire(campaignFromWire(wire))).toEqual(wire)
  })

  it.each(['now', 'once', 'recurring', 'event', 'inapp'] as const)('keeps what was typed: %s', (kind) => {
    const form = emptyCampaign('UTC+09')
    const start = kind === 'now' ? '' : '2026-12-24T18:30'
    const typed = {
      ...form,
      name: 'n',
      segment: 's',
      holdout: 5,
      schedule: {
        ...form.schedule,
        kind,
        start,
        eventType: kind === 'event' || kind === 'inapp' ? 'view' : '',
      },
      treatments: [emptyTreatment(), { ...emptyTreatment(), name: 'B', size: 20 }],
    }
    const again = campaignFromWire(campaignToWire(typed))
    const seen = ({ base, treatments, ...rest }: typeof typed) => ({
      ...rest,
      treatments: treatments.map(({ base, ...treatment }) => treatment),
    })
    expect(seen(again as typeof typed)).toEqual(seen(typed))
  })

  it('reads times with a zone of their own as a clock in its zone shows them', () => {
    const form = campaignFromWire({
      ...recurring,
      Schedule: { ...recurring.Schedule, StartTime: '2026-12-01T01:00:00Z', Timezone: 'UTC+05:30' },
    })
    expect(form.schedule.start).toBe('2026-12-01T06:30')
    expect(clockAt(momentOf('2026-12-01T06:30', 'UTC+05:30'), 'UTC+05:30')).toBe('2026-12-01T06:30')
    expect(zoneOfOffset(480)).toBe('UTC+08')
    expect(zoneOfOffset(-210)).toBe('UTC')
    expect(zoneOfOffset(345)).toBe('UTC+05:45')
  })

  it('is what was asked for, of what the server answers', () => {
    const answered = {
      ...triggered,
      Id: 'c1',
      Arn: 'arn',
      ApplicationId: 'a',
      CreationDate: 'd',
      LastModifiedDate: 'd',
      Version: 2,
      State: { CampaignStatus: 'PAUSED' },
      AdditionalTreatments: [{ Id: 't', SizePercent: 10, State: { CampaignStatus: 'PAUSED' } }],
      tags: {},
    } as unknown as Campaign
    expect(requestOf(answered)).toEqual({ ...triggered, AdditionalTreatments: [{ SizePercent: 10 }] })
  })

  it('gives the first treatment what the others and the holdout leave', () => {
    expect(firstSize(campaignFromWire(recurring))).toBe(60)
  })

  it('has a watch that comes back as it was', () => {
    const rules = {
      LateStartSeconds: 600,
      AudienceMinimum: 100,
      FailurePercentMaximum: 5,
      StuckSeconds: 1800,
      Email: 'ops@example.com',
      Hook: 'https://example.com/alarm',
      FailoverCampaignId: 'c2',
    }
    expect(monitorToWire(monitorFromWire(rules))).toEqual(rules)
    expect(monitorToWire(monitorFromWire(null))).toBeNull()
  })
})
