import { useTranslation } from 'react-i18next'
import type { Overview } from '@/api/overview'
import { formatMoment } from '@/lib/format'
import { Link } from '@/ui/Button'
import { Row } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'

type Matter = Overview['Attention'][number]

/** What somebody should look at, each with the way there. Nothing where nothing is the matter. */
export function Attention({ app, overview }: { app: string; overview: Overview }) {
  const { t } = useTranslation('home')
  const { Alarms: alarms, Attention: matters } = overview
  if (alarms.length === 0 && matters.length === 0) return null
  return (
    <Notice tone="warn" title={t('attention')}>
      {alarms.map((alarm) => (
        <Row key={`${alarm.CampaignActivityId}${alarm.Rule}`}>
          <span>
            {t(`alarms.${alarm.Rule}`)}: {alarm.Detail} ({formatMoment(alarm.RaisedDate)})
          </span>
          <Link
            to="/apps/$app/campaigns/$campaign"
            params={{ app, campaign: alarm.CampaignId }}
            search={{ tab: 'watch' }}
          >
            {alarm.CampaignName ?? t('openCampaign')}
          </Link>
        </Row>
      ))}
      {matters.map((matter, index) => (
        <Row key={index}>
          <span>
            {t(`matters.${matter.Kind}`, { count: matter.Count })}
            {matter.Detail ? ` ${matter.Detail}` : ''}
          </span>
          <WayThere app={app} matter={matter} />
        </Row>
      ))}
    </Notice>
  )
}

function WayThere({ app, matter }: { app: string; matter: Matter }) {
  const { t } = useTranslation('home')
  const params = { app }
  const name = matter.Name || t('open')
  switch (matter.Kind) {
    case 'CAMPAIGN_FAILED':
      return matter.ResourceId ? (
        <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign: matter.ResourceId }}>
          {name}
        </Link>
      ) : (
        <Link to="/apps/$app/campaigns" params={params} search={{ state: 'INVALID' }}>
          {name}
        </Link>
      )
    case 'IMPORT_FAILED':
      return (
        <Link to="/apps/$app/imports" params={params}>
          {name}
        </Link>
      )
    case 'PREDICTIVE_SEGMENT_FAILED':
      return (
        <Link to="/apps/$app/segments/predictive" params={params}>
          {name}
        </Link>
      )
    case 'EXPORT_FAILED':
      return (
        <Link to="/apps/$app/segments" params={params}>
          {name}
        </Link>
      )
    default:
      return (
        <Link to="/apps/$app/settings" params={params}>
          {name}
        </Link>
      )
  }
}
