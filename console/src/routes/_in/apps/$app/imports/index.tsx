import { createFileRoute } from '@tanstack/react-router'
import { ImportsPage, type ImportsSearch } from '@/features/imports/ImportsPage'
import { textsOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/imports/')({
  validateSearch: (search): ImportsSearch => ({ pages: textsOf(search, 'pages') }),
  component: Imports,
})

function Imports() {
  const navigate = Route.useNavigate()
  return (
    <ImportsPage
      app={Route.useParams().app}
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search })}
    />
  )
}
