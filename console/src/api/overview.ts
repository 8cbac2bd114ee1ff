import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

export type Overview = Shape<'rapport.OverviewResponse'>

/** The last hour of an application, minute by minute; asked again every ten seconds while it is looked at. */
export const overviewQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'overview'],
    refetchInterval: 10_000,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/overview', {
          params: { path: { 'application-id': app }, query: { minutes: 60 } },
          signal,
        }),
      ),
  })
