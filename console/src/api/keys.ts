import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

const kAccessKeysKey = ['access-keys'] as const
const kPublishableKeysKey = (app: string) => ['apps', app, 'publishable-keys'] as const

export const accessKeysQuery = () =>
  queryOptions({
    queryKey: kAccessKeysKey,
    queryFn: async ({ signal }) => (await answer(api.GET('/rapport/v1/access-keys', { signal }))).Item,
  })

export const publishableKeysQuery = (app: string) =>
  queryOptions({
    queryKey: kPublishableKeysKey(app),
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/rapport/v1/apps/{application-id}/publishable-keys', {
            params: { path: { 'application-id': app } },
            signal,
          }),
        )
      ).Item,
  })

function useKeyChange<Variables, Data>(
  key: readonly string[],
  change: (variables: Variables) => Promise<Data>,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
  })
}

/** The answer holds the secret, told this once. */
export function useCreateAccessKey() {
  return useKeyChange(kAccessKeysKey, (body: Shape<'rapport.NewAccessKeyRequest'>) =>
    answer(api.POST('/rapport/v1/access-keys', { body })),
  )
}
export function useDeleteAccessKey() {
  return useKeyChange(kAccessKeysKey, (id: string) =>
    answer(
      api.DELETE('/rapport/v1/access-keys/{access-key-id}', { params: { path: { 'access-key-id': id } } }),
    ),
  )
}
export function useCreatePublishableKey(app: string) {
  return useKeyChange(kPublishableKeysKey(app), (body: Shape<'rapport.NewPublishableKeyRequest'>) =>
    answer(
      api.POST('/rapport/v1/apps/{application-id}/publishable-keys', {
        params: { path: { 'application-id': app } },
        body,
      }),
    ),
  )
}
export function useDeletePublishableKey(app: string) {
  return useKeyChange(kPublishableKeysKey(app), (key: string) =>
    answer(
      api.DELETE('/rapport/v1/apps/{application-id}/publishable-keys/{publishable-key}', {
        params: { path: { 'application-id': app, 'publishable-key': key } },
      }),
    ),
  )
}
