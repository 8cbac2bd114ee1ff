import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'

export const appKeys = {
  all: ['apps'] as const,
  one: (app: string) => ['apps', app] as const,
}

export const appsQuery = () =>
  queryOptions({
    queryKey: appKeys.all,
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/apps', { params: { query: { 'page-size': '100' } }, signal }))).Item ?? [],
  })

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: appKeys.one(app),
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/apps/{application-id}', { params: { path: { 'application-id': app } }, signal })),
  })

export function useCreateApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => answer(api.POST('/v1/apps', { body: { Name: name } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appKeys.all }),
  })
}
