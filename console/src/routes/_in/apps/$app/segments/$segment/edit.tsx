import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { EditSegment } from '@/features/segments/Builder'

export const Route = createFileRoute('/_in/apps/$app/segments/$segment/edit')({
  beforeLoad: requires('pinpoint.UpdateSegment'),
  component: () => {
    const { app, segment } = Route.useParams()
    return <EditSegment key={segment} app={app} segment={segment} />
  },
})
