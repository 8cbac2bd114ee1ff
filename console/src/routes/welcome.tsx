import { createFileRoute } from '@tanstack/react-router'
import { Welcome } from '@/features/session/Welcome'
import { textOf } from '@/lib/search'

export const Route = createFileRoute('/welcome')({
  validateSearch: (search): { token?: string } => ({ token: textOf(search, 'token') }),
  component: () => <Welcome token={Route.useSearch().token ?? ''} />,
})
