import { createFileRoute } from '@tanstack/react-router'
import { PredictiveList } from '@/features/predictive/PredictiveList'

export const Route = createFileRoute('/_in/apps/$app/segments/predictive/')({
  component: () => <PredictiveList app={Route.useParams().app} />,
})
