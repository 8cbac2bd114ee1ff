import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { campaignQuery, monitorQuery } from '@/api/campaigns'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { CampaignFlow, type FlowStep } from './CampaignFlow'
import { emptyCampaign, monitorFromWire, zoneOfOffset } from './form'
import { campaignFromWire, requestOf } from './wire'

export interface NewCampaignSearch {
  step?: FlowStep
  /** A campaign whose settings the new one begins with. */
  copy?: string
  /** A segment that is chosen already. */
  segment?: string
}

export function NewCampaign({ app, search }: { app: string; search: NewCampaignSearch }) {
  const navigate = useNavigate()
  const onStep = (step: FlowStep) =>
    void navigate({ to: '/apps/$app/campaigns/new', params: { app }, search: { ...search, step } })
  const step = search.step ?? 'whom'
  if (search.copy)
    return <FromCampaign app={app} campaign={search.copy} as="copy" step={step} onStep={onStep} />
  const zone = zoneOfOffset(-new Date().getTimezoneOffset())
  return (
    <CampaignFlow
      app={app}
      initial={{ ...emptyCampaign(zone), segment: search.segment ?? '' }}
      step={step}
      onStep={onStep}
    />
  )
}

export function EditCampaign({ app, campaign, step }: { app: string; campaign: string; step?: FlowStep }) {
  const navigate = useNavigate()
  return (
    <FromCampaign
      app={app}
      campaign={campaign}
      as="edit"
      step={step ?? 'whom'}
      onStep={(next) =>
        void navigate({
          to: '/apps/$app/campaigns/$campaign/edit',
          params: { app, campaign },
          search: { step: next },
        })
      }
    />
  )
}

/** The flow filled with what a campaign is set to: to change it, or to make another like it. */
function FromCampaign({
  app,
  campaign,
  as,
  step,
  onStep,
}: {
  app: string
  campaign: string
  as: 'copy' | 'edit'
  step: FlowStep
  onStep: (step: FlowStep) => void
}) {
  const { t } = useTranslation('campaigns')
  const stored = useQuery(campaignQuery(app, campaign))
  const monitor = useQuery(monitorQuery(app, campaign))
  if (!stored.data || monitor.isPending)
    return (
      <Page title={t(as === 'copy' ? 'create' : 'editing')}>
        <Loaded query={stored}>{() => null}</Loaded>
      </Page>
    )
  const form = { ...campaignFromWire(requestOf(stored.data)), monitor: monitorFromWire(monitor.data) }
  const initial =
    as === 'edit'
      ? form
      : {
          ...form,
          name: t('copyOf', { name: form.name }),
          segmentVersion: undefined,
          isPaused: false,
          schedule: { ...form.schedule, start: '', end: '' },
        }
  return (
    <CampaignFlow
      app={app}
      initial={initial}
      edited={as === 'edit' ? campaign : undefined}
      step={step}
      onStep={onStep}
    />
  )
}
