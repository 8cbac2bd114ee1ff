import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Person = Shape<'rapport.Person'>
export type TimelineEntry = Shape<'rapport.TimelineEntry'>

/** Whose page it is: a user with all their endpoints, or an endpoint that belongs to nobody known. */
export interface Who {
  app: string
  user?: string
  endpoint?: string
}

const keys = {
  all: (app: string) => [...appKeys.one(app), 'people'] as const,
  one: ({ app, user, endpoint }: Who) => [...appKeys.one(app), 'people', { user, endpoint }] as const,
}

export const kPeoplePerPage = 25

/** People whose user id, endpoint id or address begins with what is searched for; without it, the newest. */
export const peopleSearchQuery = (
  app: string,
  { query, token }: { query?: string; token?: string },
  size = kPeoplePerPage,
) =>
  queryOptions({
    queryKey: [...keys.all(app), 'search', query, token, size],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/people', {
          params: { path: { 'application-id': app }, query: { query, token, 'page-size': String(size) } },
          signal,
        }),
      ),
  })

export const endpointsQuery = (who: Who) =>
  queryOptions({
    queryKey: [...keys.one(who), 'endpoints'],
    queryFn: async ({ signal }) => {
      if (who.user !== undefined) {
        const { Item } = await answer(
          api.GET('/v1/apps/{application-id}/users/{user-id}', {
            params: { path: { 'application-id': who.app, 'user-id': who.user } },
            signal,
          }),
        )
        return Item
      }
      return [
        await answer(
          api.GET('/v1/apps/{application-id}/endpoints/{endpoint-id}', {
            params: { path: { 'application-id': who.app, 'endpoint-id': who.endpoint ?? '' } },
            signal,
          }),
        ),
      ]
    },
  })

/** Events and messages of a person, the newest first, page by page into the past. */
export const timelineQuery = (who: Who, kind?: 'EVENT' | 'MESSAGE') =>
  infiniteQueryOptions({
    queryKey: [...keys.one(who), 'timeline', kind],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Shape<'rapport.TimelineResponse'>) => page.NextToken,
    queryFn: ({ pageParam: token, signal }) => {
      const query = { kind, token, 'page-size': '30' }
      return who.user === undefined
        ? answer(
            api.GET('/rapport/v1/apps/{application-id}/endpoints/{endpoint-id}/timeline', {
              params: { path: { 'application-id': who.app, 'endpoint-id': who.endpoint ?? '' }, query },
              signal,
            }),
          )
        : answer(
            api.GET('/rapport/v1/apps/{application-id}/users/{user-id}/timeline', {
              params: { path: { 'application-id': who.app, 'user-id': who.user }, query },
              signal,
            }),
          )
    },
  })

/** The segments a person is in; the server looks at some at a time, so there may be more to look at. */
export const personSegmentsQuery = (who: Who) =>
  infiniteQueryOptions({
    queryKey: [...keys.one(who), 'segments'],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Shape<'rapport.PersonSegmentsResponse'>) => page.NextToken,
    queryFn: ({ pageParam: token, signal }) => {
      const query = { token, 'page-size': '50' }
      return who.user === undefined
        ? answer(
            api.GET('/rapport/v1/apps/{application-id}/endpoints/{endpoint-id}/segments', {
              params: { path: { 'application-id': who.app, 'endpoint-id': who.endpoint ?? '' }, query },
              signal,
            }),
          )
        : answer(
            api.GET('/rapport/v1/apps/{application-id}/users/{user-id}/segments', {
              params: { path: { 'application-id': who.app, 'user-id': who.user }, query },
              signal,
            }),
          )
    },
  })

/** Deletes a user's endpoints with all that is known of them, or the one endpoint. */
export function useDeletePerson(who: Who) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (): Promise<void> => {
      const { app, user, endpoint = '' } = who
      if (user === undefined) {
        const path = { 'application-id': app, 'endpoint-id': endpoint }
        await answer(api.DELETE('/v1/apps/{application-id}/endpoints/{endpoint-id}', { params: { path } }))
      } else {
        const path = { 'application-id': app, 'user-id': user }
        await answer(api.DELETE('/v1/apps/{application-id}/users/{user-id}', { params: { path } }))
      }
    },
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: keys.one(who) })
      return queryClient.invalidateQueries({ queryKey: appKeys.one(who.app) })
    },
  })
}

/** Opts an endpoint out of all messages, or in again. */
export function useSetOptOut(who: Who) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ endpoint, optOut }: { endpoint: string; optOut: 'ALL' | 'NONE' }) =>
      answer(
        api.PUT('/v1/apps/{application-id}/endpoints/{endpoint-id}', {
          params: { path: { 'application-id': who.app, 'endpoint-id': endpoint } },
          body: { OptOut: optOut },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.one(who) }),
  })
}
