import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { activitiesQuery, type Campaign, campaignQuery } from '@/api/campaigns'
import { Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { CampaignActions } from './CampaignActions'
import { CampaignVersions } from './CampaignVersions'
import { MonitorPanel } from './MonitorPanel'
import { Results } from './Results'
import { Runs } from './Runs'
import { SettingsInWords } from './SettingsInWords'
import { StateBadge } from './StateBadge'
import { requestOf } from './wire'

const kCampaignTabs = ['results', 'settings', 'watch', 'versions'] as const

export interface CampaignPageSearch {
  tab?: (typeof kCampaignTabs)[number]
  event?: string
  hours?: number
}

interface CampaignPageProps {
  app: string
  campaign: string
  search: CampaignPageSearch
}

/** One campaign: what it is doing, what came of it, what it is set to. */
export function CampaignPage(props: CampaignPageProps) {
  const { t } = useTranslation('campaigns')
  const stored = useQuery(campaignQuery(props.app, props.campaign))
  // Whether there are runs decides where everything else stands, so the page waits for both.
  const runs = useQuery(activitiesQuery(props.app, props.campaign))
  return stored.data && !runs.isPending ? (
    <StoredCampaign {...props} stored={stored.data} />
  ) : (
    <Page title={t('campaign')}>
      {stored.error ? <Loaded query={stored}>{() => null}</Loaded> : <Skeleton lines={8} />}
    </Page>
  )
}

function StoredCampaign({ app, campaign, search, stored }: CampaignPageProps & { stored: Campaign }) {
  const { t } = useTranslation('campaigns')
  const navigate = useNavigate()
  const look = (change: CampaignPageSearch) =>
    void navigate({
      to: '/apps/$app/campaigns/$campaign',
      params: { app, campaign },
      search: { ...search, ...change },
      replace: true,
    })
  const status = stored.State?.CampaignStatus ?? 'INVALID'
  return (
    <Page
      title={stored.Name ?? campaign}
      hint={stored.Description}
      actions={<CampaignActions app={app} stored={stored} />}
    >
      <Row>
        <StateBadge state={status} />
      </Row>
      <Runs app={app} campaign={campaign} />
      <Tabs
        label={t('campaign')}
        value={search.tab ?? 'results'}
        onChange={(tab) => look({ tab: tab === 'results' ? undefined : tab })}
        tabs={[
          {
            value: 'results',
            label: t('results'),
            content: (
              <Results
                app={app}
                campaign={campaign}
                event={search.event}
                hours={search.hours}
                isRunning={status === 'EXECUTING'}
                onLook={look}
              />
            ),
          },
          {
            value: 'settings',
            label: t('settings'),
            content: <SettingsInWords app={app} campaign={requestOf(stored)} />,
          },
          {
            value: 'watch',
            label: t('watch'),
            content: <MonitorPanel app={app} campaign={campaign} />,
          },
          {
            value: 'versions',
            label: t('versions'),
            content: <CampaignVersions app={app} campaign={campaign} />,
          },
        ]}
      />
    </Page>
  )
}
