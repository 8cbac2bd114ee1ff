import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  kSegmentsPerPage,
  type SegmentSearch,
  type SegmentSummary,
  segmentSearchQuery,
  segmentSizesQuery,
} from '@/api/segments'
import { useMay } from '@/api/session'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { SelectField } from '@/ui/Field'
import { FilterBar } from '@/ui/FilterBar'
import { Page } from '@/ui/Page'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { TokenPager } from '@/ui/TokenPager'
import { SegmentActions } from './SegmentActions'
import { SegmentAreaTabs } from './SegmentAreaTabs'

export interface SegmentListSearch extends Omit<SegmentSearch, 'token'> {
  pages?: string[]
}

interface ListProps {
  app: string
  search: SegmentListSearch
  onSearch: (search: SegmentListSearch, how: 'push' | 'replace') => void
}

export function SegmentList({ app, search, onSearch }: ListProps) {
  const { t } = useTranslation('segments')
  const may = useMay()
  const mayCreate = may('pinpoint.CreateSegment')
  return (
    <Page
      title={t('title')}
      hint={t('hint')}
      actions={
        mayCreate && (
          <Link look="primary" to="/apps/$app/segments/new" params={{ app }}>
            {t('create')}
          </Link>
        )
      }
    >
      <SegmentAreaTabs app={app} shown="segments" />
      <Filters search={search} onSearch={onSearch} />
      <Found app={app} search={search} onSearch={onSearch} mayCreate={mayCreate} />
    </Page>
  )
}

function Filters({ search, onSearch }: Omit<ListProps, 'app'>) {
  const { t } = useTranslation('segments')
  const narrow = (change: Partial<SegmentListSearch>) =>
    onSearch({ ...search, ...change, pages: undefined }, 'replace')
  return (
    <FilterBar label={t('filter')}>
      <SearchField
        label={t('searchName')}
        value={search.query ?? ''}
        onChange={(query) => narrow({ query: query || undefined })}
      />
      <SelectField
        label={t('type')}
        value={search.type ?? ''}
        onChange={(event) => narrow({ type: (event.target.value || undefined) as SegmentListSearch['type'] })}
        options={[
          ['', t('typeAll')],
          ['DIMENSIONAL', t('types.DIMENSIONAL')],
          ['IMPORT', t('types.IMPORT')],
        ]}
      />
      <SelectField
        label={t('sort')}
        value={search.sort ?? 'NEWEST'}
        onChange={(event) => narrow({ sort: event.target.value as SegmentListSearch['sort'] })}
        options={(['NEWEST', 'OLDEST', 'NAME'] as const).map((sort) => [sort, t(`sorts.${sort}`)] as const)}
      />
    </FilterBar>
  )
}

function Found({ app, search, onSearch, mayCreate }: ListProps & { mayCreate: boolean }) {
  const { t } = useTranslation('segments')
  const { pages, ...asked } = search
  const found = useQuery(segmentSearchQuery(app, { ...asked, token: pages?.at(-1) }))
  const isNarrowed = Boolean(search.query || search.type)
  return (
    <List
      listing={{ ...found, data: found.data?.Item }}
      empty={
        <EmptyState
          title={isNarrowed ? t('noneFound') : t('empty')}
          hint={isNarrowed ? undefined : t('emptyHint')}
          action={
            !isNarrowed &&
            mayCreate && (
              <Link look="primary" to="/apps/$app/segments/new" params={{ app }}>
                {t('create')}
              </Link>
            )
          }
        />
      }
    >
      {(items) => (
        <>
          <SegmentTable app={app} items={items} />
          <TokenPager
            pages={pages}
            pageSize={kSegmentsPerPage}
            shown={items.length}
            total={found.data?.TotalCount}
            nextToken={found.data?.NextToken}
            onPages={(next) => onSearch({ ...search, pages: next }, 'push')}
          />
        </>
      )}
    </List>
  )
}

function SegmentTable({ app, items }: { app: string; items: readonly SegmentSummary[] }) {
  const { t } = useTranslation('segments')
  const [zone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const sizes = useQuery(
    segmentSizesQuery(
      app,
      items.map((item) => item.Id),
    ),
  )
  const count = (item: SegmentSummary, of: 'EndpointCount' | 'UserCount') => {
    if (!item.IsReady) return '…'
    const size = sizes.data?.get(item.Id)
    if (size) return formatCount(size[of])
    return sizes.isPending ? '…' : '–'
  }
  return (
    <Table
      label={t('title')}
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
          title: t('type'),
          cell: (item) =>
            item.IsReady ? (
              <Badge tone={item.SegmentType === 'IMPORT' ? 'accent' : 'plain'}>
                {t(`types.${item.SegmentType}`)}
              </Badge>
            ) : (
              <Badge tone="warn">{t('filling')}</Badge>
            ),
        },
        {
          key: 'endpoints',
          title: t('endpoints'),
          isNumber: true,
          cell: (item) => count(item, 'EndpointCount'),
        },
        { key: 'users', title: t('users'), isNumber: true, cell: (item) => count(item, 'UserCount') },
        {
          key: 'changed',
          title: t('words:changed'),
          cell: (item) => formatMoment(item.LastModifiedDate, zone),
        },
        {
          key: 'actions',
          title: t('words:actions'),
          cell: (item) => <SegmentActions app={app} segment={item} />,
        },
      ]}
    />
  )
}
