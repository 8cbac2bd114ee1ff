import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Segment = Shape<'pinpoint.SegmentResponse'>
export type SegmentSummary = Shape<'rapport.SegmentSummary'>
export type SegmentSize = Shape<'rapport.SegmentSizeResponse'>
export type WriteSegment = Shape<'pinpoint.WriteSegmentRequest'>

export interface SegmentSearch {
  query?: string
  type?: 'DIMENSIONAL' | 'IMPORT'
  sort?: 'NEWEST' | 'OLDEST' | 'NAME'
  token?: string
}

export const segmentKeys = {
  all: (app: string) => [...appKeys.one(app), 'segments'] as const,
  one: (app: string, segment: string) => [...segmentKeys.all(app), segment] as const,
}

const path = (app: string, segment: string) => ({ 'application-id': app, 'segment-id': segment })

export const kSegmentsPerPage = 25

export const segmentSearchQuery = (app: string, search: SegmentSearch, size = kSegmentsPerPage) =>
  queryOptions({
    queryKey: [...segmentKeys.all(app), 'search', search, size],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/segment-search', {
          params: { path: { 'application-id': app }, query: { ...search, 'page-size': String(size) } },
          signal,
        }),
      ),
  })

/** The sizes of the segments of one page, by id; a segment whose size could not be told is missing. */
export const segmentSizesQuery = (app: string, ids: readonly string[]) =>
  queryOptions({
    queryKey: [...segmentKeys.all(app), 'sizes', ids],
    enabled: ids.length > 0,
    queryFn: async ({ signal }) => {
      const sizes = await answer(
        api.GET('/rapport/v1/apps/{application-id}/segment-sizes', {
          params: { path: { 'application-id': app }, query: { 'segment-id': [...ids] } },
          signal,
        }),
      )
      return new Map(sizes.Item.map((size) => [size.SegmentId, size]))
    },
  })

export const segmentQuery = (app: string, segment: string) =>
  queryOptions({
    queryKey: segmentKeys.one(app, segment),
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/apps/{application-id}/segments/{segment-id}', {
          params: { path: path(app, segment) },
          signal,
        }),
      ),
  })

export function useCreateSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: WriteSegment) =>
      answer(
        api.POST('/v1/apps/{application-id}/segments', { params: { path: { 'application-id': app } }, body }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: segmentKeys.all(app) }),
  })
}

export function useUpdateSegment(app: string, segment: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: WriteSegment) =>
      answer(
        api.PUT('/v1/apps/{application-id}/segments/{segment-id}', {
          params: { path: path(app, segment) },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: segmentKeys.all(app) }),
  })
}

/** A new segment with the definition that another has now. */
export function useCopySegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, name }: { id: string; name: string }) => {
      const original = await queryClient.fetchQuery(segmentQuery(app, id))
      const { Dimensions, SegmentGroups } = original
      const body = {
        Name: name,
        ...(Dimensions ? { Dimensions } : {}),
        ...(SegmentGroups ? { SegmentGroups } : {}),
      }
      return answer(
        api.POST('/v1/apps/{application-id}/segments', { params: { path: { 'application-id': app } }, body }),
      )
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: segmentKeys.all(app) }),
  })
}

/** The members a segment has now, as a list of its own that no longer changes. */
export function useSnapshotSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/segments/{segment-id}/snapshot', {
          params: { path: path(app, id) },
          body: { Name: name },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: segmentKeys.all(app) }),
  })
}

export function useDeleteSegment(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (segment: string) =>
      answer(
        api.DELETE('/v1/apps/{application-id}/segments/{segment-id}', {
          params: { path: path(app, segment) },
        }),
      ),
    onSuccess: (_, segment) => {
      queryClient.removeQueries({ queryKey: segmentKeys.one(app, segment) })
      return queryClient.invalidateQueries({ queryKey: segmentKeys.all(app) })
    },
  })
}
