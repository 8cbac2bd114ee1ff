import { createFileRoute } from '@tanstack/react-router'
import { EditSegment } from '@/features/segments/Builder'

export const Route = createFileRoute('/_in/apps/$app/segments/$segment/edit')({
  component: () => {
    const { app, segment } = Route.useParams()
    return <EditSegment key={segment} app={app} segment={segment} />
  },
})
