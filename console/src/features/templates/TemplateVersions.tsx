import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/api/session'
import { type TemplateType, templateQuery, templateVersionsQuery, useActivateVersion } from '@/api/templates'
import { formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Row, Stack } from '@/ui/Layout'
import { EmptyState, ErrorState } from '@/ui/States'
import { List, Table } from '@/ui/Table'

/** Every version of a template, newest first, and which of them is sent. */
export function TemplateVersions({
  type,
  name,
  onView,
}: {
  type: TemplateType
  name: string
  onView: (version: string) => void
}) {
  const { t } = useTranslation('templates')
  const may = useMay()
  const versions = useQuery(templateVersionsQuery(type, name))
  const active = useQuery(templateQuery(type, name)).data?.Version
  const activate = useActivateVersion()
  return (
    <Stack>
      {activate.error && <ErrorState error={activate.error} />}
      <List listing={versions} empty={<EmptyState title={t('noVersions')} />}>
        {(items) => (
          <Table
            label={t('versions')}
            items={items}
            keyOf={({ Version }) => Version ?? ''}
            columns={[
              {
                key: 'version',
                title: t('version'),
                cell: ({ Version }) => (
                  <Row>
                    {Version}
                    {Version === active && <Badge tone="good">{t('active')}</Badge>}
                  </Row>
                ),
              },
              {
                key: 'changed',
                title: t('changed'),
                cell: ({ LastModifiedDate }) => formatMoment(LastModifiedDate),
              },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: ({ Version = '' }) => (
                  <Row>
                    <Button
                      aria-label={t('viewVersion', { version: Version })}
                      onClick={() => onView(Version)}
                    >
                      {t('view')}
                    </Button>
                    {may('pinpoint.UpdateTemplateActiveVersion') && Version !== active && (
                      <Button
                        aria-label={t('activateVersion', { version: Version })}
                        isBusy={activate.isPending && activate.variables.version === Version}
                        onClick={() => activate.mutate({ type, name, version: Version })}
                      >
                        {t('activate')}
                      </Button>
                    )}
                  </Row>
                ),
              },
            ]}
          />
        )}
      </List>
    </Stack>
  )
}
