import { createFileRoute } from '@tanstack/react-router'
import { SegmentPage, type SegmentPageSearch } from '@/features/segments/SegmentPage'
import { kSegmentTabs } from '@/features/segments/tabs'
import { oneOf, textOf, textsOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/segments/$segment/')({
  validateSearch: (search): SegmentPageSearch => ({
    tab: oneOf(search, 'tab', kSegmentTabs),
    endpoint: textOf(search, 'endpoint'),
    pages: textsOf(search, 'pages'),
    with: textsOf(search, 'with'),
    from: textOf(search, 'from'),
    to: textOf(search, 'to'),
  }),
  component: OneSegment,
})

function OneSegment() {
  const navigate = Route.useNavigate()
  return (
    <SegmentPage
      {...Route.useParams()}
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search })}
    />
  )
}
