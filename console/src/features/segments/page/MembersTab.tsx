import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { kMembersPerPage, segmentMembersQuery, segmentSizeQuery } from '@/api/segmentQuestions'
import { Stack } from '@/ui/Layout'
import { TokenPager } from '@/ui/TokenPager'
import type { TabProps } from '../SegmentPage'
import { EndpointTable } from './EndpointTable'

export function MembersTab({ app, segment, search, onSearch }: TabProps) {
  const { t } = useTranslation('segments')
  const members = useQuery(segmentMembersQuery(app, segment.Id, search.pages?.at(-1)))
  const size = useQuery(segmentSizeQuery(app, segment.Id))
  return (
    <Stack>
      <EndpointTable
        app={app}
        segment={segment.Id}
        label={t('tabs.members')}
        listing={{ ...members, data: members.data?.Item ?? (members.data ? [] : undefined) }}
      />
      <TokenPager
        pages={search.pages}
        pageSize={kMembersPerPage}
        shown={members.data?.Item?.length ?? 0}
        total={size.data?.EndpointCount}
        nextToken={members.data?.NextToken}
        onPages={(pages) => onSearch({ tab: 'members', pages })}
      />
    </Stack>
  )
}
