import { createFileRoute } from '@tanstack/react-router'
import { PersonPage, type PersonSearch } from '@/features/people/PersonPage'
import { kPersonTabs } from '@/features/people/tabs'
import { oneOf, textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/people/endpoint/$endpoint')({
  validateSearch: (search): PersonSearch => ({
    tab: oneOf(search, 'tab', kPersonTabs),
    kind: oneOf(search, 'kind', ['EVENT', 'MESSAGE']),
    campaign: textOf(search, 'campaign'),
  }),
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
