import { createFileRoute } from '@tanstack/react-router'
import { CampaignPage, type CampaignPageSearch } from '@/features/campaigns/CampaignPage'
import { oneOf, textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/campaigns/$campaign/')({
  validateSearch: (search): CampaignPageSearch => ({
    tab: oneOf(search, 'tab', ['results', 'settings', 'watch', 'versions']),
    event: textOf(search, 'event'),
    hours: Number(search.hours) > 0 ? Number(search.hours) : undefined,
  }),
  component: () => <CampaignPage {...Route.useParams()} search={Route.useSearch()} />,
})
