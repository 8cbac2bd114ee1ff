import { Pager } from './Table'

/** Leafs through what the server gives with a token for the next page. `pages` are the tokens that led to this one. */
export function TokenPager({
  pages = [],
  pageSize,
  shown,
  total,
  nextToken,
  onPages,
}: {
  pages?: readonly string[]
  pageSize: number
  shown: number
  total?: number
  nextToken?: string
  onPages: (pages: string[] | undefined) => void
}) {
  const earlier = pages.slice(0, -1)
  return (
    <Pager
      from={pages.length * pageSize}
      shown={shown}
      total={total}
      onPrevious={pages.length > 0 ? () => onPages(earlier.length > 0 ? [...earlier] : undefined) : undefined}
      onNext={nextToken ? () => onPages([...pages, nextToken]) : undefined}
    />
  )
}
