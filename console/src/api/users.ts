import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

export type User = Shape<'rapport.UserResponse'>
export type UserLink = Shape<'rapport.UserLinkResponse'>

const kUsersKey = ['users'] as const

/** Everybody who may log in, up to 500 of them. */
export const usersQuery = () =>
  queryOptions({
    queryKey: kUsersKey,
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/rapport/v1/users', { params: { query: { 'page-size': '500' } }, signal })))
        .Item,
  })

function useUserChange<Variables, Data>(change: (variables: Variables) => Promise<Data>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kUsersKey }),
  })
}

const at = (id: string) => ({ params: { path: { 'user-id': id } } })

/** Invites somebody; the answer's link is to be handed to them. */
export function useInviteUser() {
  return useUserChange((body: Shape<'rapport.NewUserRequest'>) =>
    answer(api.POST('/rapport/v1/users', { body })),
  )
}
export function useUpdateUser() {
  return useUserChange(({ id, ...body }: Shape<'rapport.WriteUserRequest'> & { id: string }) =>
    answer(api.PUT('/rapport/v1/users/{user-id}', { ...at(id), body })),
  )
}
export function useDeleteUser() {
  return useUserChange((id: string) => answer(api.DELETE('/rapport/v1/users/{user-id}', at(id))))
}
export function usePasswordLink() {
  return useUserChange((id: string) => answer(api.POST('/rapport/v1/users/{user-id}/password-link', at(id))))
}
