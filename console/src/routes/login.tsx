import { createFileRoute } from '@tanstack/react-router'
import { LogIn } from '@/features/session/LogIn'
import { textOf } from '@/lib/search'

export const Route = createFileRoute('/login')({
  validateSearch: (search): { next?: string } => ({ next: textOf(search, 'next') }),
  component: () => <LogIn next={Route.useSearch().next} />,
})
