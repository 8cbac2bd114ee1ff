import { createFileRoute, Outlet, redirect } from '@tanstack/react-router'
import { sessionQuery } from '@/api/session'

/** Every page below is for those who are logged in; others are led to the log-in and back. */
export const Route = createFileRoute('/_in')({
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery())
    if (!session) throw redirect({ to: '/login', search: { next: location.href } })
  },
  component: Outlet,
})
