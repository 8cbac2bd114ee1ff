import { useTranslation } from 'react-i18next'
import { NavigationLink } from '@/ui/Button'
import { SubNavigation } from '@/ui/SubNavigation'

/** Leads between segments that are defined and those that are predicted. */
export function SegmentAreaTabs({ app, shown }: { app: string; shown: 'segments' | 'predictive' }) {
  const { t } = useTranslation('segments')
  const params = { app }
  const current = (of: typeof shown) => (shown === of ? { 'aria-current': 'page' as const } : {})
  return (
    <SubNavigation label={t('title')}>
      <NavigationLink
        to="/apps/$app/segments"
        params={params}
        activeOptions={{ exact: true }}
        {...current('segments')}
      >
        {t('areas.segments')}
      </NavigationLink>
      <NavigationLink to="/apps/$app/segments/predictive" params={params} {...current('predictive')}>
        {t('areas.predictive')}
      </NavigationLink>
    </SubNavigation>
  )
}
