import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Person = Shape<'rapport.Person'>

/** People whose user id, endpoint id or address begins with what is searched for; without it, the newest. */
export const peopleSearchQuery = (
  app: string,
  { query, token }: { query?: string; token?: string },
  size = 25,
) =>
  queryOptions({
    queryKey: [...appKeys.one(app), 'people', 'search', query, token, size],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/people', {
          params: { path: { 'application-id': app }, query: { query, token, 'page-size': String(size) } },
          signal,
        }),
      ),
  })
