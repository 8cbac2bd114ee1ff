import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'
import { segmentKeys } from './segments'

export type SegmentPreview = Shape<'rapport.SegmentPreviewResponse'>
export type Facet = Shape<'rapport.Facet'>

/** The size and composition of a definition that is not stored. The one before stays until this one is there. */
export const segmentPreviewQuery = (app: string, body: Shape<'rapport.SegmentPreviewRequest'>) =>
  queryOptions({
    queryKey: [...segmentKeys.all(app), 'preview', body],
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
    gcTime: 60_000,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/segment-preview', {
          params: { path: { 'application-id': app } },
          body,
          signal,
        }),
      ),
  })
