import { queryOptions } from '@tanstack/react-query'
import { answer, api } from './client'

const kPageSize = 50

export interface AuditFilter {
  actor?: string
  operation?: string
  token?: string
}

/** Who changed what, newest first, a page. */
export const auditQuery = ({ actor, operation, token }: AuditFilter) =>
  queryOptions({
    queryKey: ['audit', actor, operation, token],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/audit-entries', {
          params: { query: { 'actor-name': actor, operation, token, 'page-size': String(kPageSize) } },
          signal,
        }),
      ),
  })
