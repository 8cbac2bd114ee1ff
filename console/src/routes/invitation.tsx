import { createFileRoute } from '@tanstack/react-router'
import { Invitation } from '@/features/session/Invitation'
import { textOf } from '@/lib/search'

export const Route = createFileRoute('/invitation')({
  validateSearch: (search): { token?: string } => ({ token: textOf(search, 'token') }),
  component: () => <Invitation token={Route.useSearch().token ?? ''} />,
})
