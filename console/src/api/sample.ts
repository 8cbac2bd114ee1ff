import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { appKeys } from './apps'
import { ApiError, answer, api } from './client'

const kSampleKey = ['sample'] as const

/** How far the sample is; null when nobody asked for it. Asks again while it is being made. */
export const sampleQuery = () =>
  queryOptions({
    queryKey: kSampleKey,
    queryFn: async ({ signal }) => {
      try {
        return await answer(api.GET('/rapport/v1/sample', { signal }))
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
    refetchInterval: ({ state }) => {
      const sample = state.data
      return sample?.State === 'PENDING' || sample?.State === 'RUNNING' ? 700 : false
    },
  })

export function useLoadSample() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.POST('/rapport/v1/sample', { body: {} })),
    onSuccess: (sample) => {
      queryClient.setQueryData(kSampleKey, sample)
      void queryClient.invalidateQueries({ queryKey: appKeys.all })
    },
  })
}
