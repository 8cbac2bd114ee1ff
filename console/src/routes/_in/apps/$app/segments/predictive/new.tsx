import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { NewPredictive } from '@/features/predictive/NewPredictive'
import { textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/segments/predictive/new')({
  beforeLoad: requires('rapport.CreatePredictiveSegment'),
  validateSearch: (search): { group?: string; solution?: string } => ({
    group: textOf(search, 'group'),
    solution: textOf(search, 'solution'),
  }),
  component: () => {
    const { group, solution } = Route.useSearch()
    return <NewPredictive app={Route.useParams().app} group={group} solution={solution} />
  },
})
