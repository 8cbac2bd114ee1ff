import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { personSegmentsQuery } from '@/api/people'
import { formatCount } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button, Link } from '@/ui/Button'
import { Row, Stack } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import type { PersonTabProps } from './PersonPage'

/** The segments somebody is in, each with a way to the reasons. */
export function PersonSegments({ who }: PersonTabProps) {
  const { t } = useTranslation('people')
  const found = useInfiniteQuery(personSegmentsQuery(who))
  const pages = found.data?.pages ?? []
  const items = pages.flatMap((page) => page.Item)
  const failed = pages.flatMap((page) => page.Failed)
  const examined = pages.reduce((sum, page) => sum + page.ExaminedCount, 0)
  const { app } = who
  return (
    <Stack>
      <List
        listing={{ ...found, data: found.data ? items : undefined }}
        empty={<EmptyState title={t('segments.none')} />}
      >
        {() => (
          <Table
            label={t('tabs.segments')}
            items={items}
            keyOf={(item) => item.Id}
            columns={[
              {
                key: 'name',
                title: t('words:name'),
                cell: (item) => (
                  <Link to="/apps/$app/segments/$segment" params={{ app, segment: item.Id }}>
                    {item.Name}
                  </Link>
                ),
              },
              {
                key: 'type',
                title: t('segments.type'),
                cell: (item) => <Badge>{t(`segments.types.${item.SegmentType}`)}</Badge>,
              },
              { key: 'with', title: t('segments.with'), cell: (item) => item.EndpointIds.join(', ') },
              {
                key: 'why',
                title: t('segments.reason'),
                cell: (item) => (
                  <Link
                    to="/apps/$app/segments/$segment"
                    params={{ app, segment: item.Id }}
                    search={{ tab: 'why', endpoint: item.EndpointIds[0] }}
                  >
                    {t('segments.why')}
                  </Link>
                ),
              },
            ]}
          />
        )}
      </List>
      {failed.length > 0 && (
        <Notice tone="warn" title={t('segments.failed', { count: failed.length })}>
          {failed.map((one) => (
            <Text key={one.SegmentId}>{one.Message}</Text>
          ))}
        </Notice>
      )}
      {found.data && (
        <Row justify="between">
          <Text tone="soft">{t('segments.examined', { number: formatCount(examined) })}</Text>
          {found.hasNextPage && (
            <Button isBusy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t('segments.more')}
            </Button>
          )}
        </Row>
      )}
    </Stack>
  )
}
