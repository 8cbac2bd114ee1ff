import { useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { WriteCampaign } from '@/api/campaigns'
import { segmentQuery } from '@/api/segments'
import { formatCount } from '@/lib/format'
import { Facts } from '@/ui/Text'
import { kChannels } from './form'
import { type MessageWire, messagesFromWire } from './messageWire'
import { clockAt } from './scheduleWire'
import { treatmentName } from './WhatStep'

/** What a campaign is set to do, as sentences. */
export function SettingsInWords({ app, campaign }: { app: string; campaign: WriteCampaign }) {
  const { t } = useTranslation('campaigns')
  const segment = campaign.SegmentId ?? ''
  const name = useQuery({ ...segmentQuery(app, segment), enabled: segment !== '' }).data?.Name ?? segment
  const additional = campaign.AdditionalTreatments ?? []
  const treatments = [
    {
      TreatmentName: campaign.TreatmentName,
      SizePercent:
        100 -
        (campaign.HoldoutPercent ?? 0) -
        additional.reduce((sum, { SizePercent }) => sum + SizePercent, 0),
      MessageConfiguration: campaign.MessageConfiguration,
      TemplateConfiguration: campaign.TemplateConfiguration,
    },
    ...additional,
  ]
  const holdout = campaign.HoldoutPercent ?? 0
  return (
    <Facts
      facts={[
        [t('steps.whom'), name],
        ...treatments.map(
          (treatment, number) =>
            [
              treatments.length > 1
                ? t('treatmentWith', {
                    name: treatmentName(t, { name: treatment.TreatmentName }, number),
                    percent: treatment.SizePercent,
                  })
                : t('steps.what'),
              messagesInWords(t, treatment) || t('words:none'),
            ] as const,
        ),
        [t('steps.when'), scheduleInWords(t, campaign.Schedule)],
        [t('steps.limits'), limitsInWords(t, campaign.Limits)],
        [t('holdout'), holdout > 0 ? t('holdoutInWords', { percent: holdout }) : t('noHoldout')],
      ]}
    />
  )
}

function messagesInWords(t: TFunction<'campaigns'>, wire: MessageWire): string {
  const messages = messagesFromWire(wire)
  return kChannels
    .flatMap((channel) => {
      const { kind, template, version, title, body } = messages[channel]
      const name = t(`channels.${channel}`)
      if (kind === 'template')
        return [
          version
            ? t('byTemplateVersion', { channel: name, template, version })
            : t('byTemplate', { channel: name, template }),
        ]
      return kind === 'inline' ? [t('byWords', { channel: name, words: title || body })] : []
    })
    .join(' · ')
}

function timeInWords(text: string, zone: string): string {
  if (/(Z|[+-]\d{2}:?\d{2})$/.test(text)) return `${clockAt(new Date(text), zone).replace('T', ' ')} ${zone}`
  return `${text.slice(0, 16).replace('T', ' ')} ${zone}`
}

function scheduleInWords(t: TFunction<'campaigns'>, schedule: WriteCampaign['Schedule']): string {
  if (!schedule) return ''
  const zone = schedule.IsLocalTime ? t('onTheirClock') : schedule.Timezone || 'UTC'
  const start = schedule.StartTime === 'IMMEDIATE' ? t('immediately') : timeInWords(schedule.StartTime, zone)
  const event = schedule.EventFilter?.Dimensions.EventType?.Values.join(', ') ?? ''
  const frequency = schedule.Frequency ?? 'ONCE'
  const sentences = [
    frequency === 'ONCE' ? start : t(`everyInWords.${frequency}`, { start, event }),
    schedule.EndTime && t('untilInWords', { end: timeInWords(schedule.EndTime, zone) }),
    schedule.QuietTime?.Start &&
      t('quietInWords', { start: schedule.QuietTime.Start, end: schedule.QuietTime.End }),
  ]
  return sentences.filter(Boolean).join(' · ')
}

function limitsInWords(t: TFunction<'campaigns'>, limits: WriteCampaign['Limits'] = {}): string {
  const words = [
    limits.Daily && t('limitWords.daily', { count: limits.Daily }),
    limits.Total && t('limitWords.total', { count: limits.Total }),
    limits.MessagesPerSecond && t('limitWords.perSecond', { count: limits.MessagesPerSecond }),
    limits.MaximumDuration &&
      t('limitWords.minutes', { minutes: formatCount(Math.round(limits.MaximumDuration / 60)) }),
    limits.Session && t('limitWords.session', { count: limits.Session }),
  ].filter(Boolean)
  return words.length > 0 ? words.join(' · ') : t('noLimits')
}
