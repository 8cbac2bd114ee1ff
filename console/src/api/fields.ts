import { queryOptions } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Fields = Shape<'rapport.FieldsResponse'>

/** The names and frequent values there are in the audience and its events. */
export const fieldsQuery = (app: string) =>
  queryOptions({
    queryKey: [...appKeys.one(app), 'fields'],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/fields', {
          params: { path: { 'application-id': app }, query: { limit: 200 } },
          signal,
        }),
      ),
  })
