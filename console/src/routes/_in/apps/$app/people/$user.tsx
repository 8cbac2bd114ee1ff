import { createFileRoute } from '@tanstack/react-router'
import { PersonPage } from '@/features/people/PersonPage'
import { personSearchOf } from '@/features/people/tabs'

export const Route = createFileRoute('/_in/apps/$app/people/$user')({
  validateSearch: personSearchOf,
  component: UserPage,
})

function UserPage() {
  const navigate = Route.useNavigate()
  return (
    <PersonPage
      who={Route.useParams()}
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search })}
    />
  )
}
