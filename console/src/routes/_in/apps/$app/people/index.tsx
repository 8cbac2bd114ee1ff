import { createFileRoute } from '@tanstack/react-router'
import { PeopleList, type PeopleSearch } from '@/features/people/PeopleList'
import { textOf, textsOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/people/')({
  validateSearch: (search): PeopleSearch => ({
    query: textOf(search, 'query'),
    pages: textsOf(search, 'pages'),
  }),
  component: People,
})

function People() {
  const navigate = Route.useNavigate()
  return (
    <PeopleList
      app={Route.useParams().app}
      search={Route.useSearch()}
      onSearch={(search, how) => void navigate({ search, replace: how === 'replace' })}
    />
  )
}
