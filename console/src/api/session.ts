import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, answer, api, type Shape, setCsrfToken } from './client'

export type Session = Shape<'rapport.SessionResponse'>
type Role = Session['Role']

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

/** What a role may do in the console. The server decides; this only hides what it would refuse. */
const kMay: Record<Role, readonly ('change' | 'develop' | 'administer')[]> = {
  ADMINISTRATOR: ['change', 'develop', 'administer'],
  DEVELOPER: ['change', 'develop'],
  MARKETER: ['change'],
  VIEWER: [],
}

export function may(session: Session | null | undefined, what: 'change' | 'develop' | 'administer'): boolean {
  return session ? kMay[session.Role].includes(what) : false
}
