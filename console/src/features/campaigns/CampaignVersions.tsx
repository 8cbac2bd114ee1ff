import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { campaignVersionsQuery } from '@/api/campaigns'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Stack } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { SettingsInWords } from './SettingsInWords'
import { requestOf } from './wire'

/** What a campaign was set to over time, newest first. */
export function CampaignVersions({ app, campaign }: { app: string; campaign: string }) {
  const { t } = useTranslation('campaigns')
  const versions = useQuery(campaignVersionsQuery(app, campaign))
  const [shown, setShown] = useState<number>()
  const one = versions.data?.find(({ Version }) => Version === shown)
  return (
    <Stack>
      <List listing={versions} empty={<EmptyState title={t('versions')} />}>
        {(items) => (
          <Table
            label={t('versions')}
            items={items}
            keyOf={({ Version }) => String(Version)}
            columns={[
              { key: 'version', title: t('version'), cell: ({ Version }) => Version },
              {
                key: 'changed',
                title: t('changed'),
                cell: ({ LastModifiedDate }) => formatMoment(LastModifiedDate),
              },
              {
                key: 'view',
                title: t('words:actions'),
                cell: ({ Version }) => (
                  <Button
                    aria-label={t('viewVersion', { version: Version })}
                    aria-pressed={Version === shown}
                    onClick={() => setShown(Version)}
                  >
                    {t('view')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      {one && (
        <Card title={t('versionNumber', { version: one.Version })}>
          <SettingsInWords app={app} campaign={requestOf(one)} />
        </Card>
      )}
    </Stack>
  )
}
