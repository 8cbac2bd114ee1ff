import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

type Predictive = Shape<'rapport.PredictiveSegmentResponse'>

const kKey = (app: string) => ['apps', app, 'predictive-segments'] as const
const kWatchMs = 1_000

function isWorking({ State }: Predictive): boolean {
  return State !== 'READY' && State !== 'FAILED'
}

/** The predictive segments of an application; looked at again while one is being made. */
export const predictiveSegmentsQuery = (app: string) =>
  queryOptions({
    queryKey: kKey(app),
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/rapport/v1/apps/{application-id}/predictive-segments', {
            params: { path: { 'application-id': app }, query: { 'page-size': '100' } },
            signal,
          }),
        )
      ).Item ?? [],
    refetchInterval: ({ state }) => (state.data?.some(isWorking) ? kWatchMs : false),
  })

export function useCreatePredictiveSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Shape<'rapport.WritePredictiveSegmentRequest'>) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/predictive-segments', {
          params: { path: { 'application-id': app } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kKey(app) }),
  })
}

export function useRefreshPredictiveSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/predictive-segments/{predictive-segment-id}/refresh', {
          params: { path: { 'application-id': app, 'predictive-segment-id': id } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kKey(app) }),
  })
}

export function useDeletePredictiveSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(
        api.DELETE('/rapport/v1/apps/{application-id}/predictive-segments/{predictive-segment-id}', {
          params: { path: { 'application-id': app, 'predictive-segment-id': id } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kKey(app) }),
  })
}
