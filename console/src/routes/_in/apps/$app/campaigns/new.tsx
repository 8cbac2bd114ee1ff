import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { NewCampaign, type NewCampaignSearch } from '@/features/campaigns/NewCampaign'
import { oneOf, textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/campaigns/new')({
  beforeLoad: requires('pinpoint.CreateCampaign'),
  validateSearch: (search): NewCampaignSearch => ({
    step: oneOf(search, 'step', ['whom', 'what', 'when', 'limits', 'test', 'review']),
    copy: textOf(search, 'copy'),
    segment: textOf(search, 'segment'),
  }),
  component: () => <NewCampaign app={Route.useParams().app} search={Route.useSearch()} />,
})
