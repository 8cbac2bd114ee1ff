import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { EditCampaign } from '@/features/campaigns/NewCampaign'
import { oneOf } from '@/lib/search'

const kSteps = ['whom', 'what', 'when', 'limits', 'test', 'review'] as const

export const Route = createFileRoute('/_in/apps/$app/campaigns/$campaign/edit')({
  beforeLoad: requires('pinpoint.UpdateCampaign'),
  validateSearch: (search): { step?: (typeof kSteps)[number] } => ({ step: oneOf(search, 'step', kSteps) }),
  component: () => <EditCampaign {...Route.useParams()} step={Route.useSearch().step} />,
})
