import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { SelectField } from './Field'
import { FilterBar } from './FilterBar'
import { Stack } from './Layout'
import { SearchField } from './SearchField'
import { EmptyState } from './States'
import { List } from './Table'
import { TokenPager } from './TokenPager'

interface ListSearch {
  query?: string
  sort?: 'NEWEST' | 'NAME'
  pages?: string[]
}

interface Found<Item> {
  isPending: boolean
  error: Error | null
  data?: { Item: readonly Item[]; Total?: number; NextToken?: string }
  refetch: () => unknown
}

/** A list that the server searches, sorts and pages; its words are the noun's own. What narrows it stands in the URL. */
export function SearchableList<Item>({
  noun,
  search,
  filter,
  isFiltered,
  found,
  pageSize,
  create,
  onSearch,
  children,
}: {
  noun: 'campaigns' | 'templates'
  search: ListSearch
  /** Narrows the list further, beside the search by name. */
  filter: ReactNode
  isFiltered: boolean
  found: Found<Item>
  pageSize: number
  create: ReactNode
  onSearch: (change: ListSearch) => void
  children: (items: readonly Item[]) => ReactNode
}) {
  const { t } = useTranslation(noun)
  return (
    <>
      <FilterBar label={t('search')}>
        <SearchField
          label={t('search')}
          value={search.query ?? ''}
          onChange={(query) => onSearch({ query: query || undefined })}
        />
        {filter}
        <SelectField
          label={t('sort')}
          value={search.sort ?? 'NEWEST'}
          onChange={(event) => onSearch({ sort: event.target.value as 'NEWEST' | 'NAME' })}
          options={(['NEWEST', 'NAME'] as const).map((sort) => [sort, t(`sorts.${sort}`)])}
        />
      </FilterBar>
      <List
        listing={{ ...found, data: found.data?.Item }}
        empty={
          search.query || isFiltered ? (
            <EmptyState title={t('nothingFound')} hint={t('nothingFoundHint')} />
          ) : (
            <EmptyState title={t('empty')} hint={t('emptyHint')} action={create} />
          )
        }
      >
        {(items) => (
          <Stack>
            {children(items)}
            <TokenPager
              pages={search.pages}
              pageSize={pageSize}
              shown={items.length}
              total={found.data?.Total}
              nextToken={found.data?.NextToken}
              onPages={(pages) => onSearch({ pages })}
            />
          </Stack>
        )}
      </List>
    </>
  )
}
