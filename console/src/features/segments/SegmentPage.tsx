import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Segment, segmentQuery } from '@/api/segments'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Link } from '@/ui/Button'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'
import { ExpiryTab } from './page/ExpiryTab'
import { ExportTab } from './page/ExportTab'
import { MembersTab } from './page/MembersTab'
import { OverlapTab } from './page/OverlapTab'
import { OverviewTab } from './page/OverviewTab'
import { VersionsTab } from './page/VersionsTab'
import { WhyTab } from './page/WhyTab'
import { SegmentActions } from './SegmentActions'
import { kSegmentTabs } from './tabs'

export interface SegmentPageSearch {
  tab?: (typeof kSegmentTabs)[number]
  endpoint?: string
  pages?: string[]
  with?: string[]
  from?: string
  to?: string
}

export interface TabProps {
  app: string
  segment: Segment
  search: SegmentPageSearch
  onSearch: (search: SegmentPageSearch) => void
}

interface PageProps extends Omit<TabProps, 'segment'> {
  segment: string
}

export function SegmentPage({ app, segment, search, onSearch }: PageProps) {
  const query = useQuery(segmentQuery(app, segment))
  return (
    <Loaded query={query} lines={8}>
      {(stored) => <Shown app={app} segment={stored} search={search} onSearch={onSearch} />}
    </Loaded>
  )
}

function Shown(props: TabProps) {
  const { t } = useTranslation('segments')
  const navigate = useNavigate()
  const { app, segment, search, onSearch } = props
  const may = useMay()
  const views = {
    overview: OverviewTab,
    members: MembersTab,
    why: WhyTab,
    versions: VersionsTab,
    overlap: OverlapTab,
    export: ExportTab,
    expiry: ExpiryTab,
  }
  return (
    <Page
      title={segment.Name ?? segment.Id}
      hint={`${t(`types.${segment.SegmentType}`)} · ${t('allVersions', { version: segment.Version ?? 1 })} · ${t('words:changed')}: ${formatMoment(segment.LastModifiedDate ?? segment.CreationDate)}`}
      actions={
        <>
          {segment.SegmentType === 'DIMENSIONAL' && may('pinpoint.UpdateSegment') && (
            <Link look="primary" to="/apps/$app/segments/$segment/edit" params={{ app, segment: segment.Id }}>
              {t('words:edit')}
            </Link>
          )}
          <SegmentActions
            app={app}
            segment={{ ...segment, Name: segment.Name ?? segment.Id }}
            onDeleted={() => void navigate({ to: '/apps/$app/segments', params: { app } })}
          />
        </>
      }
    >
      <Tabs
        label={t('views')}
        value={search.tab ?? 'overview'}
        onChange={(tab) => onSearch({ tab })}
        tabs={kSegmentTabs.map((tab) => {
          const View = views[tab]
          return { value: tab, label: t(`tabs.${tab}`), content: <View {...props} /> }
        })}
      />
    </Page>
  )
}
