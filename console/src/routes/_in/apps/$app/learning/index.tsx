import { createFileRoute } from '@tanstack/react-router'
import { GroupList } from '@/features/learning/GroupList'

export const Route = createFileRoute('/_in/apps/$app/learning/')({
  component: () => <GroupList app={Route.useParams().app} />,
})
