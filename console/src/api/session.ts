import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, answer, api, type Shape, setCsrfToken } from './client'
import type { operations } from './schema.gen'

export type Session = Shape<'rapport.SessionResponse'>

const kSessionKey = ['session'] as const

function remember(session: Session): Session {
  setCsrfToken(session.CsrfToken ?? '')
  return session
}

/** Who is logged in; null when nobody is. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: kSessionKey,
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Session | null> => {
      try {
        return remember(await answer(api.GET('/rapport/v1/session', { signal })))
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null
        throw error
      }
    },
  })

export const welcomeQuery = () =>
  queryOptions({
    queryKey: ['welcome'],
    queryFn: ({ signal }) => answer(api.GET('/rapport/v1/welcome', { signal })),
  })

/** What one does to be in: the answer is the session. */
function useEntry<Variables>(enter: (variables: Variables) => Promise<Session>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: enter,
    onSuccess: (session) => {
      queryClient.clear()
      queryClient.setQueryData(kSessionKey, remember(session))
    },
  })
}

export function useLogIn() {
  return useEntry((body: Shape<'rapport.SessionRequest'>) =>
    answer(api.POST('/rapport/v1/sessions', { body })),
  )
}

export function useCreateAdministrator() {
  return useEntry((body: Shape<'rapport.AdministratorRequest'>) =>
    answer(api.POST('/rapport/v1/administrator', { body })),
  )
}

export function useAcceptInvitation() {
  return useEntry((body: Shape<'rapport.InvitationRequest'>) =>
    answer(api.POST('/rapport/v1/invitations', { body })),
  )
}

export function useChangePassword() {
  return useEntry((body: Shape<'rapport.PasswordRequest'>) =>
    answer(api.PUT('/rapport/v1/session/password', { body })),
  )
}

export function useLogOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (where: 'here' | 'everywhere') =>
      answer(where === 'here' ? api.DELETE('/rapport/v1/session') : api.DELETE('/rapport/v1/sessions')),
    onSuccess: () => {
      setCsrfToken('')
      queryClient.clear()
    },
  })
}

/** An operation of the API by its service and name, as the server names what a role may call. */
export type OperationName = keyof operations

/** Whether the server would let somebody call an operation. */
export function may(session: Session | null | undefined, operation: OperationName): boolean {
  return session?.Operations.includes(operation) ?? false
}

/** Which operations whoever is logged in may call: what they may not is not offered. */
export function useMay(): (operation: OperationName) => boolean {
  const { data: session } = useQuery(sessionQuery())
  return (operation) => may(session, operation)
}

/** For pages that are there to do one thing: who may not do it is told so. */
export const requires =
  (operation: OperationName) =>
  async ({ context }: { context: { queryClient: QueryClient } }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery())
    if (session && !may(session, operation))
      throw new ApiError(403, 'ForbiddenException', `Your role may not call ${operation}`)
  }
