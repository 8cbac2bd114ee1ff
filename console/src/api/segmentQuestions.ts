import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, answer, api, type Shape } from './client'
import { segmentKeys } from './segments'

export type ExplanationNode = Shape<'rapport.MembershipNode'>
export type Endpoint = Shape<'pinpoint.EndpointResponse'>

const path = (app: string, segment: string) => ({ 'application-id': app, 'segment-id': segment })

export const segmentSizeQuery = (app: string, segment: string, version?: number) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'size', version],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/segments/{segment-id}/size', {
          params: { path: path(app, segment), query: { version } },
          signal,
        }),
      ),
  })

export const segmentFacetsQuery = (app: string, segment: string, fields: readonly string[]) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'facets', fields],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/rapport/v1/apps/{application-id}/segments/{segment-id}/facets', {
            params: { path: path(app, segment), query: { field: [...fields], limit: 12 } },
            signal,
          }),
        )
      ).Facets,
  })

export const kMembersPerPage = 25

export const segmentMembersQuery = (app: string, segment: string, token?: string) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'members', token],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/segments/{segment-id}/members', {
          params: { path: path(app, segment), query: { token, 'page-size': String(kMembersPerPage) } },
          signal,
        }),
      ),
  })

/** A few members at random; the same seed picks the same ones. */
export const segmentSampleQuery = (app: string, segment: string, seed: number) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'sample', seed],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/rapport/v1/apps/{application-id}/segments/{segment-id}/sample', {
            params: { path: path(app, segment), query: { size: 6, seed } },
            signal,
          }),
        )
      ).Item ?? [],
  })

export const explanationQuery = (app: string, segment: string, endpoint: string) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'explanation', endpoint],
    enabled: endpoint !== '',
    retry: false,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/segments/{segment-id}/members/{endpoint-id}/explanation', {
          params: { path: { ...path(app, segment), 'endpoint-id': endpoint } },
          signal,
        }),
      ),
  })

/** The versions of a segment, the newest first. */
export const segmentVersionsQuery = (app: string, segment: string, token?: string) =>
  queryOptions({
    queryKey: [...segmentKeys.one(app, segment), 'versions', token],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/apps/{application-id}/segments/{segment-id}/versions', {
          params: { path: path(app, segment), query: { 'page-size': '50', token } },
          signal,
        }),
      ),
  })

export const segmentOverlapQuery = (app: string, segments: readonly string[]) =>
  queryOptions({
    queryKey: [...segmentKeys.all(app), 'overlap', segments],
    enabled: segments.length > 1,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/segment-overlap', {
          params: { path: { 'application-id': app } },
          body: { Segments: segments.map((Id) => ({ Id })) },
          signal,
        }),
      ),
  })

const kExpiry = '/rapport/v1/apps/{application-id}/segments/{segment-id}/expiry' as const
const expiryKey = (app: string, segment: string) => [...segmentKeys.one(app, segment), 'expiry']

/** When the segment will be deleted; null when it stays. */
export const segmentExpiryQuery = (app: string, segment: string) =>
  queryOptions({
    queryKey: expiryKey(app, segment),
    queryFn: async ({ signal }) => {
      try {
        return await answer(api.GET(kExpiry, { params: { path: path(app, segment) }, signal }))
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
  })

export function useSetSegmentExpiry(app: string, segment: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (moment: string | null) => {
      const params = { path: path(app, segment) }
      if (moment === null) await answer(api.DELETE(kExpiry, { params }))
      else await answer(api.PUT(kExpiry, { params, body: { ExpirationDate: moment } }))
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: expiryKey(app, segment) }),
  })
}
