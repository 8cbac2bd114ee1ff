import { createFileRoute } from '@tanstack/react-router'
import { CampaignList, type CampaignListSearch } from '@/features/campaigns/CampaignList'
import { oneOf, textOf, textsOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/campaigns/')({
  validateSearch: (search): CampaignListSearch => ({
    query: textOf(search, 'query'),
    state: oneOf(search, 'state', [
      'EXECUTING',
      'SCHEDULED',
      'PENDING_NEXT_RUN',
      'PAUSED',
      'COMPLETED',
      'INVALID',
      'DELETED',
    ]),
    sort: oneOf(search, 'sort', ['NEWEST', 'NAME']),
    pages: textsOf(search, 'pages'),
  }),
  component: () => <CampaignList app={Route.useParams().app} search={Route.useSearch()} />,
})
