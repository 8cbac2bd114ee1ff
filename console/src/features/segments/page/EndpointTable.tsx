import { useTranslation } from 'react-i18next'
import type { Endpoint } from '@/api/segmentQuestions'
import { formatAddress } from '@/lib/format'
import { Link } from '@/ui/Button'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** Members of a segment, each with a way to the person and to the reasons. */
export function EndpointTable({
  app,
  segment,
  listing,
  label,
}: {
  app: string
  segment: string
  listing: { data?: readonly Endpoint[]; error: Error | null; isPending: boolean; refetch: () => unknown }
  label: string
}) {
  const { t } = useTranslation('segments')
  return (
    <List listing={listing} empty={<EmptyState title={t('members.none')} />}>
      {(items) => (
        <Table
          label={label}
          items={items}
          keyOf={(item) => item.Id ?? ''}
          columns={[
            { key: 'id', title: t('members.endpoint'), cell: (item) => <Code>{item.Id}</Code> },
            {
              key: 'user',
              title: t('members.user'),
              cell: (item) =>
                item.User?.UserId ? (
                  <Link to="/apps/$app/people/$user" params={{ app, user: item.User.UserId }}>
                    {item.User.UserId}
                  </Link>
                ) : (
                  <Link to="/apps/$app/people/endpoint/$endpoint" params={{ app, endpoint: item.Id ?? '' }}>
                    {t('words:none')}
                  </Link>
                ),
            },
            {
              key: 'address',
              title: t('members.address'),
              cell: (item) => (item.Address ? formatAddress(item.Address) : '–'),
            },
            { key: 'channel', title: t('members.channel'), cell: (item) => item.ChannelType ?? '–' },
            {
              key: 'why',
              title: t('tabs.why'),
              cell: (item) => (
                <Link
                  to="/apps/$app/segments/$segment"
                  params={{ app, segment }}
                  search={{ tab: 'why', endpoint: item.Id }}
                >
                  {t('members.why')}
                </Link>
              ),
            },
          ]}
        />
      )}
    </List>
  )
}
