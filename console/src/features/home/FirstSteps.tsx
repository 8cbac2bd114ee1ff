import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { campaignSearchQuery } from '@/api/campaigns'
import type { Overview } from '@/api/overview'
import { useMay } from '@/api/session'
import { templateSearchQuery } from '@/api/templates'
import { Badge } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Grid, Row } from '@/ui/Layout'

/** The three steps to a first campaign, until there is one. */
export function FirstSteps({ app, overview }: { app: string; overview: Overview }) {
  const { t } = useTranslation('home')
  const campaigns = useQuery(campaignSearchQuery(app, {})).data?.Total
  const templates = useQuery(templateSearchQuery({}, 1)).data?.Total ?? 0
  if (campaigns !== 0 && !(campaigns === undefined && overview.EndpointCount === 0)) return null
  const params = { app }
  const may = useMay()
  const steps = [
    {
      key: 'people',
      may: may('rapport.ImportUpload'),
      isDone: overview.EndpointCount > 0,
      link: (
        <Link look="primary" to="/apps/$app/imports" params={params}>
          {t('first.people.do')}
        </Link>
      ),
    },
    {
      key: 'message',
      may: may('pinpoint.CreateEmailTemplate'),
      isDone: templates > 0,
      link: (
        <Link look="primary" to="/apps/$app/templates/new" params={params}>
          {t('first.message.do')}
        </Link>
      ),
    },
    {
      key: 'campaign',
      may: may('pinpoint.CreateCampaign'),
      isDone: false,
      link: (
        <Link look="primary" to="/apps/$app/campaigns/new" params={params}>
          {t('first.campaign.do')}
        </Link>
      ),
    },
  ]
  return (
    <Card title={t('first.title')}>
      <Grid columns={3}>
        {steps.map(({ key, isDone, link, may }, index) => (
          <Card key={key} title={`${index + 1}. ${t(`first.${key}.title`)}`} hint={t(`first.${key}.hint`)}>
            <Row>{isDone ? <Badge tone="good">{t('first.done')}</Badge> : may && link}</Row>
          </Card>
        ))}
      </Grid>
    </Card>
  )
}
