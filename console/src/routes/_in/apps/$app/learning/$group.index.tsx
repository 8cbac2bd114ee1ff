import { createFileRoute } from '@tanstack/react-router'
import { GroupPage } from '@/features/learning/GroupPage'
import { oneOf, textOf } from '@/lib/search'

const kTabs = ['data', 'models', 'try'] as const

export const Route = createFileRoute('/_in/apps/$app/learning/$group/')({
  validateSearch: (search): { tab?: (typeof kTabs)[number]; solution?: string } => ({
    tab: oneOf(search, 'tab', kTabs),
    solution: textOf(search, 'solution'),
  }),
  component: () => {
    const { app, group } = Route.useParams()
    const { tab = 'data', solution } = Route.useSearch()
    return <GroupPage app={app} group={group} tab={tab} solution={solution} />
  },
})
