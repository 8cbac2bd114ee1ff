import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, answer, api, type Shape } from './client'

const kSettingsKey = (app: string) => ['apps', app, 'settings'] as const
const kStreamKey = (app: string) => ['apps', app, 'event-stream'] as const
const of = (app: string) => ({ params: { path: { 'application-id': app } } })

export const serverSettingsQuery = () =>
  queryOptions({
    queryKey: ['server-settings'],
    queryFn: ({ signal }) => answer(api.GET('/rapport/v1/settings', { signal })),
  })

/** Limits, quiet time and hook that campaigns have unless they say otherwise. */
export const appSettingsQuery = (app: string) =>
  queryOptions({
    queryKey: kSettingsKey(app),
    queryFn: ({ signal }) => answer(api.GET('/v1/apps/{application-id}/settings', { ...of(app), signal })),
  })

export function useUpdateAppSettings(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Shape<'pinpoint.WriteApplicationSettingsRequest'>) =>
      answer(api.PUT('/v1/apps/{application-id}/settings', { ...of(app), body })),
    onSuccess: (settings) => queryClient.setQueryData(kSettingsKey(app), settings),
  })
}

/** Where events are handed on to; null when nowhere. */
export const eventStreamQuery = (app: string) =>
  queryOptions({
    queryKey: kStreamKey(app),
    queryFn: async ({ signal }) => {
      try {
        return await answer(api.GET('/v1/apps/{application-id}/eventstream', { ...of(app), signal }))
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
  })

const kAnyRole = 'arn:aws:iam::000000000000:role/rapport'

export function usePutEventStream(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (destination: string) =>
      answer(
        api.POST('/v1/apps/{application-id}/eventstream', {
          ...of(app),
          body: { DestinationStreamArn: destination, RoleArn: kAnyRole },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kStreamKey(app) }),
  })
}

export function useDeleteEventStream(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/v1/apps/{application-id}/eventstream', of(app))),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kStreamKey(app) }),
  })
}
