import { createFileRoute } from '@tanstack/react-router'
import { PersonPage } from '@/features/people/PersonPage'
import { personSearchOf } from '@/features/people/tabs'

export const Route = createFileRoute('/_in/apps/$app/people/endpoint/$endpoint')({
  validateSearch: personSearchOf,
  component: EndpointPage,
})

function EndpointPage() {
  const navigate = Route.useNavigate()
  return (
    <PersonPage
      who={Route.useParams()}
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search })}
    />
  )
}
