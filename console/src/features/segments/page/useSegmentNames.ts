import { useQueries } from '@tanstack/react-query'
import { segmentQuery } from '@/api/segments'
import type { Definition } from '../form/state'

/** Names of the segments that definitions are made of; an id stands for one that is not there any more. */
export function useSegmentNames(app: string, definitions: readonly Definition[]): (id: string) => string {
  const ids = [
    ...new Set(
      definitions
        .flatMap((definition) => definition.groups)
        .flatMap((group) => group.sources ?? [])
        .map((source) => source.segment),
    ),
  ]
  const found = useQueries({ queries: ids.map((id) => segmentQuery(app, id)) })
  return (id) => found[ids.indexOf(id)]?.data?.Name ?? id
}
