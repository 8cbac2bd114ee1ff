import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { kPeoplePerPage, type Person, peopleSearchQuery } from '@/api/people'
import { formatAddress, formatAgo } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { Dimmed } from '@/ui/Condition'
import { FilterBar } from '@/ui/FilterBar'
import { Row } from '@/ui/Layout'
import { Page } from '@/ui/Page'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { TokenPager } from '@/ui/TokenPager'

export interface PeopleSearch {
  query?: string
  pages?: string[]
}

/** Finds people by the beginning of their user id, endpoint id or address. */
export function PeopleList({
  app,
  search,
  onSearch,
}: {
  app: string
  search: PeopleSearch
  onSearch: (search: PeopleSearch, how: 'push' | 'replace') => void
}) {
  const { t } = useTranslation('people')
  const found = useQuery(peopleSearchQuery(app, { query: search.query, token: search.pages?.at(-1) }))
  return (
    <Page title={t('title')} hint={t('hint')}>
      <FilterBar label={t('words:search')}>
        <SearchField
          label={t('searchLabel')}
          hint={t('searchHint')}
          value={search.query ?? ''}
          onChange={(query) => onSearch({ query: query || undefined }, 'replace')}
        />
      </FilterBar>
      <List
        listing={{ ...found, data: found.data?.Item }}
        empty={
          search.query ? (
            <EmptyState title={t('noneFound')} hint={t('noneFoundHint')} />
          ) : (
            <EmptyState
              title={t('empty')}
              hint={t('emptyHint')}
              action={
                <Link look="primary" to="/apps/$app/imports" params={{ app }}>
                  {t('import')}
                </Link>
              }
            />
          )
        }
      >
        {(items) => (
          <>
            <Dimmed isDim={found.isPlaceholderData}>
              <PeopleTable app={app} items={items} />
            </Dimmed>
            <TokenPager
              pages={search.pages}
              pageSize={kPeoplePerPage}
              shown={items.length}
              nextToken={found.data?.NextToken}
              onPages={(pages) => onSearch({ ...search, pages }, 'push')}
            />
          </>
        )}
      </List>
    </Page>
  )
}

function PeopleTable({ app, items }: { app: string; items: readonly Person[] }) {
  const { t } = useTranslation('people')
  return (
    <Table
      label={t('title')}
      items={items}
      keyOf={(person) => `${person.UserId ?? ''} ${person.Endpoints[0]?.Id ?? ''}`}
      columns={[
        { key: 'who', title: t('person'), cell: (person) => <PersonLink app={app} person={person} /> },
        {
          key: 'addresses',
          title: t('addresses'),
          cell: ({ Endpoints }) =>
            [...new Set(Endpoints.map((one) => formatAddress(one.Address ?? '')).filter(Boolean))].join(', '),
        },
        {
          key: 'channels',
          title: t('channels'),
          cell: ({ Endpoints }) => (
            <Row>
              {[...new Set(Endpoints.map((one) => one.ChannelType).filter(Boolean))].map((channel) => (
                <Badge key={channel}>{channel}</Badge>
              ))}
            </Row>
          ),
        },
        { key: 'state', title: t('words:status'), cell: (person) => <PersonState person={person} /> },
        {
          key: 'changed',
          title: t('lastChanged'),
          cell: ({ Endpoints }) => {
            const latest = Endpoints.map((one) => one.EffectiveDate)
              .sort()
              .at(-1)
            return latest ? formatAgo(latest) : '–'
          },
        },
      ]}
    />
  )
}

function PersonLink({ app, person }: { app: string; person: Person }) {
  if (person.UserId !== undefined)
    return (
      <Link to="/apps/$app/people/$user" params={{ app, user: person.UserId }}>
        {person.UserId}
      </Link>
    )
  const endpoint = person.Endpoints[0]?.Id ?? ''
  return (
    <Link to="/apps/$app/people/endpoint/$endpoint" params={{ app, endpoint }}>
      {endpoint}
    </Link>
  )
}

function PersonState({ person }: { person: Person }) {
  const { t } = useTranslation('people')
  const isReachable = person.Endpoints.some((one) => one.EndpointStatus === 'ACTIVE' && one.OptOut === 'NONE')
  if (isReachable) return <Badge tone="good">{t('canBeReached')}</Badge>
  const isOptedOut = person.Endpoints.some((one) => one.OptOut === 'ALL')
  return <Badge tone="warn">{t(isOptedOut ? 'optedOut' : 'inactive')}</Badge>
}
