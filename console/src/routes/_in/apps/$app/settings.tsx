import { createFileRoute } from '@tanstack/react-router'
import { SettingsPage } from '@/features/settings/SettingsPage'
import { oneOf, textOf } from '@/lib/search'

const kTabs = ['channels', 'limits', 'stream', 'keys', 'users', 'audit', 'server', 'account'] as const

interface Search {
  tab?: (typeof kTabs)[number]
  actor?: string
  operation?: string
  token?: string
}

export const Route = createFileRoute('/_in/apps/$app/settings')({
  validateSearch: (search): Search => ({
    tab: oneOf(search, 'tab', kTabs),
    actor: textOf(search, 'actor'),
    operation: textOf(search, 'operation'),
    token: textOf(search, 'token'),
  }),
  component: () => {
    const { tab = 'channels', ...audit } = Route.useSearch()
    return <SettingsPage app={Route.useParams().app} tab={tab} audit={audit} />
  },
})
