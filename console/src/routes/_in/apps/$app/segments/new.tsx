import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { NewSegment } from '@/features/segments/Builder'

export const Route = createFileRoute('/_in/apps/$app/segments/new')({
  beforeLoad: requires('pinpoint.CreateSegment'),
  component: () => <NewSegment app={Route.useParams().app} />,
})
