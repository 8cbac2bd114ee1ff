import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'
import { classes } from './classes'
import { ErrorState, Skeleton } from './States'

export interface Column<Item> {
  key: string
  title: string
  /** Numbers stand right, so that their digits stand below each other. */
  isNumber?: boolean
  cell: (item: Item) => ReactNode
}

/** Rows with a title for every column; the first column names its row. */
export function Table<Item>({
  label,
  columns,
  items,
  keyOf,
}: {
  label: string
  columns: readonly Column<Item>[]
  items: readonly Item[]
  keyOf: (item: Item) => string
}) {
  return (
    <section
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-line border-b text-ink-soft text-sm">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={classes(
                  'px-3 py-2 font-medium whitespace-nowrap',
                  column.isNumber && 'text-right',
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)} className="border-line border-b last:border-b-0 hover:bg-sunken">
              {columns.map((column, index) => {
                const look = classes(
                  'px-3 py-2 align-top',
                  column.isNumber ? 'text-right tabular-nums' : 'min-w-28',
                )
                return index === 0 ? (
                  <th key={column.key} scope="row" className={classes(look, 'font-normal')}>
                    {column.cell(item)}
                  </th>
                ) : (
                  <td key={column.key} className={look}>
                    {column.cell(item)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export interface Listing<Item> {
  data?: readonly Item[]
  error: Error | null
  isPending: boolean
  refetch: () => unknown
}

/** A list in whichever of its four states it is: loading, empty, in error, full. */
export function List<Item>({
  listing,
  empty,
  children,
}: {
  listing: Listing<Item>
  empty: ReactNode
  children: (items: readonly Item[]) => ReactNode
}) {
  if (listing.error) return <ErrorState error={listing.error} onRetry={() => void listing.refetch()} />
  if (listing.isPending || !listing.data) return <Skeleton lines={6} />
  return listing.data.length === 0 ? empty : children(listing.data)
}

/** Leafs through pages the server gives one by one. `total` when the server counts. */
export function Pager({
  from,
  shown,
  total,
  onPrevious,
  onNext,
}: {
  from: number
  shown: number
  total?: number
  onPrevious?: () => void
  onNext?: () => void
}) {
  const { t } = useTranslation()
  if (!onPrevious && !onNext) return null
  return (
    <nav aria-label={t('pageOf', { from: from + 1, to: from + shown, total: total ?? '?' })}>
      <div className="flex items-center justify-end gap-3">
        <span className="text-ink-soft text-sm tabular-nums">
          {total === undefined
            ? `${from + 1}–${from + shown}`
            : t('pageOf', { from: from + 1, to: from + shown, total })}
        </span>
        <Button disabled={!onPrevious} onClick={onPrevious}>
          {t('previous')}
        </Button>
        <Button disabled={!onNext} onClick={onNext}>
          {t('next')}
        </Button>
      </div>
    </nav>
  )
}
