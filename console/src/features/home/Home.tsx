import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { overviewQuery } from '@/api/overview'
import { formatCount } from '@/lib/format'
import { Grid } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { Stat } from '@/ui/Stat'

export function Home({ app }: { app: string }) {
  const { t } = useTranslation('home')
  const overview = useQuery(overviewQuery(app))
  return (
    <Page title={t('title')}>
      <Loaded query={overview}>
        {(data) => (
          <Grid columns={4}>
            <Stat label={t('endpoints')} value={formatCount(data.EndpointCount)} />
            <Stat label={t('users')} value={formatCount(data.UserCount)} />
            <Stat label={t('events')} value={formatCount(data.Totals.Events)} hint={t('lastHour')} />
            <Stat label={t('messages')} value={formatCount(data.Totals.Sent)} hint={t('lastHour')} />
          </Grid>
        )}
      </Loaded>
    </Page>
  )
}
