import type { ReactNode } from 'react'
import { ErrorState, Skeleton } from './States'

/** One thing from the server: its place while it loads, why it could not be loaded, or itself. */
export function Loaded<Data>({
  query,
  lines = 4,
  children,
}: {
  query: { data?: Data; error: Error | null; refetch: () => unknown }
  lines?: number
  children: (data: NonNullable<Data>) => ReactNode
}) {
  if (query.data !== undefined && query.data !== null) return children(query.data)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <Skeleton lines={lines} />
}
