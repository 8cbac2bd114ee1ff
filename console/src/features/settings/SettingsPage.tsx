import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/api/session'
import { Page } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'
import { AccountTab } from './AccountTab'
import { AuditTab } from './AuditTab'
import { ChannelsTab } from './ChannelsTab'
import { KeysTab } from './KeysTab'
import { LimitsTab } from './LimitsTab'
import { ServerTab } from './ServerTab'
import { StreamTab } from './StreamTab'
import { UsersTab } from './UsersTab'

type SettingsTab = 'channels' | 'limits' | 'stream' | 'keys' | 'users' | 'audit' | 'server' | 'account'

interface SettingsPageProps {
  app: string
  tab: SettingsTab
  audit: { actor?: string; operation?: string; token?: string }
}

/** How the application and the server are set up. Tabs one may not use are not there. */
export function SettingsPage({ app, tab, audit }: SettingsPageProps) {
  const { t } = useTranslation('settings')
  const navigate = useNavigate()
  const may = useMay()
  const shown = [
    { value: 'channels', content: <ChannelsTab app={app} /> },
    { value: 'limits', content: <LimitsTab app={app} /> },
    { value: 'stream', content: <StreamTab app={app} /> },
    ...(may('rapport.ListAccessKeys') ? [{ value: 'keys', content: <KeysTab app={app} /> }] : []),
    ...(may('rapport.ListUsers') ? [{ value: 'users', content: <UsersTab /> }] : []),
    ...(may('rapport.ListAuditEntries')
      ? [{ value: 'audit', content: <AuditTab app={app} filter={audit} /> }]
      : []),
    { value: 'server', content: <ServerTab /> },
    { value: 'account', content: <AccountTab /> },
  ]
  return (
    <Page title={t('title')}>
      <Tabs
        label={t('title')}
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/apps/$app/settings', params: { app }, search: { tab: next as SettingsTab } })
        }
        tabs={shown.map((one) => ({ ...one, value: one.value as SettingsTab, label: t(`tab.${one.value}`) }))}
      />
    </Page>
  )
}
