import { createFileRoute } from '@tanstack/react-router'
import { NewSegment } from '@/features/segments/Builder'

export const Route = createFileRoute('/_in/apps/$app/segments/new')({
  component: () => <NewSegment app={Route.useParams().app} />,
})
