import { createFileRoute } from '@tanstack/react-router'
import { SegmentList, type SegmentListSearch } from '@/features/segments/SegmentList'
import { oneOf, textOf, textsOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/segments/')({
  validateSearch: (search): SegmentListSearch => ({
    query: textOf(search, 'query'),
    type: oneOf(search, 'type', ['DIMENSIONAL', 'IMPORT']),
    sort: oneOf(search, 'sort', ['NEWEST', 'OLDEST', 'NAME']),
    pages: textsOf(search, 'pages'),
  }),
  component: Segments,
})

function Segments() {
  const navigate = Route.useNavigate()
  return (
    <SegmentList
      app={Route.useParams().app}
      search={Route.useSearch()}
      onSearch={(search, how) => void navigate({ search, replace: how === 'replace' })}
    />
  )
}
