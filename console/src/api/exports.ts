import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Export = Shape<'rapport.ExportResponse'>

const kEnded = ['COMPLETED', 'FAILED']
export function isJobUnderWay(status: string): boolean {
  return !kEnded.includes(status)
}

const keys = {
  all: (app: string) => [...appKeys.one(app), 'exports'] as const,
  files: (app: string, id: string) => [...appKeys.one(app), 'exports', id, 'files'] as const,
}

/** The newest exports of one segment among the last hundred; asked again while one is under way. */
export const segmentExportsQuery = (app: string, segment: string) =>
  queryOptions({
    queryKey: [...keys.all(app), segment],
    queryFn: async ({ signal }) => {
      const { Item } = await answer(
        api.GET('/rapport/v1/apps/{application-id}/exports', {
          params: { path: { 'application-id': app }, query: { 'page-size': '100' } },
          signal,
        }),
      )
      return Item.filter((one) => one.Definition.SegmentId === segment).sort((a, b) =>
        b.CreationDate.localeCompare(a.CreationDate),
      )
    },
    refetchInterval: ({ state }) => (state.data?.some((one) => isJobUnderWay(one.JobStatus)) ? 1_000 : false),
  })

export function useCreateExport(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Shape<'rapport.WriteExportRequest'>) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/exports', {
          params: { path: { 'application-id': app } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.all(app) }),
  })
}

export const exportFilesQuery = (app: string, id: string) =>
  queryOptions({
    queryKey: keys.files(app, id),
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/rapport/v1/apps/{application-id}/exports/{export-id}/files', {
            params: { path: { 'application-id': app, 'export-id': id }, query: { 'page-size': '100' } },
            signal,
          }),
        )
      ).Item,
  })

/** One file of an export. Files of any size are the browser's to fetch, so this is an address. */
export function exportFileAddress(app: string, id: string, file: string): string {
  return `/rapport/v1/apps/${encodeURIComponent(app)}/exports/${encodeURIComponent(id)}/files/${encodeURIComponent(file)}`
}
