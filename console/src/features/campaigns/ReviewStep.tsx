import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type AudiencePreview, audiencePreviewQuery } from '@/api/campaigns'
import { formatCount, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Button } from '@/ui/Button'
import { Grid, Row, Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Stat } from '@/ui/Stat'
import { Table } from '@/ui/Table'
import { Heading } from '@/ui/Text'
import type { FlowStep, StepProps } from './CampaignFlow'
import { SettingsInWords } from './SettingsInWords'
import { campaignToWire } from './wire'

/** Every choice in words, who will really get it, and why the others will not. */
export function ReviewStep({
  app,
  form,
  wrongSteps,
  onStep,
}: StepProps & { wrongSteps: readonly FlowStep[]; onStep: (step: FlowStep) => void }) {
  const { t } = useTranslation('campaigns')
  if (wrongSteps.length > 0)
    return (
      <Notice tone="warn" title={t('notReady')}>
        <Row>
          {wrongSteps.map((step) => (
            <Button key={step} onClick={() => onStep(step)}>
              {t('mend', { step: t(`steps.${step}`) })}
            </Button>
          ))}
        </Row>
      </Notice>
    )
  return (
    <Stack gap="large">
      <Audience app={app} form={form} />
      <Stack gap="small">
        <Heading>{t('inWords')}</Heading>
        <SettingsInWords app={app} campaign={campaignToWire(form)} />
      </Stack>
    </Stack>
  )
}

function Audience({ app, form }: Pick<StepProps, 'app' | 'form'>) {
  const preview = useQuery(audiencePreviewQuery(app, campaignToWire(form)))
  return (
    <Loaded query={preview} lines={8}>
      {(data) => <AudienceShown data={data} />}
    </Loaded>
  )
}

function AudienceShown({ data }: { data: AudiencePreview }) {
  const { t } = useTranslation('campaigns')
  const channels = Object.entries(data.MessagesByChannel)
  return (
    <Stack>
      <Grid columns={4}>
        <Stat
          label={t('willGet')}
          value={formatCount(data.MessageCount)}
          hint={data.IsEstimate ? t('estimate', { examined: formatCount(data.ExaminedCount) }) : undefined}
        />
        <Stat label={t('inSegment')} value={formatCount(data.EndpointCount)} hint={t('endpoints')} />
        <Stat label={t('usersReached')} value={formatCount(data.UserCount)} />
        <Stat
          label={t('heldOut')}
          value={formatCount(data.HoldoutCount)}
          hint={data.EndpointCount > 0 ? formatShare(data.HoldoutCount / data.EndpointCount) : undefined}
        />
      </Grid>
      {data.MessageCount === 0 && (
        <Notice tone="warn" title={t('nobodyGets')}>
          {t('nobodyGetsHint')}
        </Notice>
      )}
      {channels.length > 0 && (
        <BarChart
          title={t('messagesByChannel')}
          valueName={t('messages')}
          bars={channels.map(([channel, value]) => ({ label: t(`channels.${channel}`), value }))}
        />
      )}
      {data.Excluded.length > 0 && <Exclusions excluded={data.Excluded} title={t('whyNot')} />}
      {data.Treatments.length > 1 && (
        <Table
          label={t('treatments')}
          items={data.Treatments}
          keyOf={({ TreatmentId }) => TreatmentId}
          columns={[
            {
              key: 'name',
              title: t('treatment'),
              cell: ({ TreatmentName, TreatmentId }) =>
                TreatmentName ||
                t('treatmentLetter', { letter: String.fromCharCode(65 + Number(TreatmentId)) }),
            },
            {
              key: 'size',
              title: t('share'),
              isNumber: true,
              cell: ({ SizePercent }) => formatShare(SizePercent / 100, 0),
            },
            {
              key: 'messages',
              title: t('messages'),
              isNumber: true,
              cell: ({ MessageCount }) => formatCount(MessageCount),
            },
          ]}
        />
      )}
    </Stack>
  )
}

/** Why people get no message, in words, most frequent first. */
export function Exclusions({
  excluded,
  title,
}: {
  excluded: readonly { Reason: string; EndpointCount: number }[]
  title: string
}) {
  const { t } = useTranslation('campaigns')
  return (
    <Table
      label={title}
      items={[...excluded].sort((a, b) => b.EndpointCount - a.EndpointCount)}
      keyOf={({ Reason }) => Reason}
      columns={[
        {
          key: 'reason',
          title,
          cell: ({ Reason }) => t(`reasons.${Reason}`, { defaultValue: Reason }),
        },
        {
          key: 'count',
          title: t('endpoints'),
          isNumber: true,
          cell: ({ EndpointCount }) => formatCount(EndpointCount),
        },
      ]}
    />
  )
}
