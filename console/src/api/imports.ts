import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'
import { isJobUnderWay } from './exports'

export type ImportJob = Shape<'pinpoint.ImportJobResponse'>
export type UploadPreview = Shape<'rapport.UploadPreviewResponse'>

const keys = {
  all: (app: string) => [...appKeys.one(app), 'imports'] as const,
}

export const kJobsPerPage = 20

/** Earlier imports, the newest first; asked again while one is under way. */
export const importJobsQuery = (app: string, token?: string) =>
  queryOptions({
    queryKey: [...keys.all(app), 'list', token],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/apps/{application-id}/jobs/import', {
          params: {
            path: { 'application-id': app },
            query: { token, 'page-size': String(kJobsPerPage) },
          },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.Item.some((job) => isJobUnderWay(job.JobStatus)) ? 1_000 : false,
  })

export const importJobQuery = (app: string, job: string) =>
  queryOptions({
    queryKey: [...keys.all(app), 'one', job],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/apps/{application-id}/jobs/import/{job-id}', {
          params: { path: { 'application-id': app, 'job-id': job } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data && !isJobUnderWay(state.data.JobStatus) ? false : 700),
  })

/** What an uploaded file holds: its columns with guesses what they are, and its first rows. */
export const uploadPreviewQuery = (upload: string) =>
  queryOptions({
    queryKey: ['uploads', upload, 'preview'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/uploads/{upload-id}/preview', {
          params: { path: { 'upload-id': upload }, query: { rows: 8 } },
          signal,
        }),
      ),
  })

export function useImportUpload(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Shape<'rapport.UploadImportRequest'>) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/upload-imports', {
          params: { path: { 'application-id': app } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.all(app) }),
  })
}

/** The rows that could not be imported, with why. Files of any size are the browser's to fetch, so this is an address. */
export function failedRowsAddress(app: string, job: string): string {
  return `/rapport/v1/apps/${encodeURIComponent(app)}/import-jobs/${encodeURIComponent(job)}/failed-rows`
}
