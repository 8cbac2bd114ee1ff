import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  predictiveSegmentsQuery,
  useDeletePredictiveSegment,
  useRefreshPredictiveSegment,
} from '@/api/predictive'
import { useMay } from '@/api/session'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/Dialog'
import { Menu } from '@/ui/Menu'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code, Text } from '@/ui/Text'

const kTones: Record<string, BadgeTone> = { READY: 'good', FAILED: 'bad' }

/** The segments that are learned, and how they fare. */
export function PredictiveList({ app }: { app: string }) {
  const { t } = useTranslation('predictive')
  const segments = useQuery(predictiveSegmentsQuery(app))
  const may = useMay()
  const refresh = useRefreshPredictiveSegment(app)
  const remove = useDeletePredictiveSegment(app)
  const [deleted, setDeleted] = useState<{ Id: string; Name: string } | null>(null)
  const create = may('rapport.CreatePredictiveSegment') && (
    <Link look="primary" to="/apps/$app/segments/predictive/new" params={{ app }}>
      {t('list.create')}
    </Link>
  )
  return (
    <Page title={t('list.title')} hint={t('list.hint')} actions={create}>
      <List listing={segments} empty={<EmptyState title={t('list.empty')} hint={t('list.emptyHint')} />}>
        {(all) => (
          <Table
            label={t('list.title')}
            items={all}
            keyOf={({ Id }) => Id}
            columns={[
              {
                key: 'name',
                title: t('words:name'),
                cell: (one) => one.Name,
              },
              { key: 'query', title: t('list.query'), cell: (one) => <Code>{one.AttributeQuery}</Code> },
              {
                key: 'state',
                title: t('words:status'),
                cell: (one) => (
                  <>
                    <Badge tone={kTones[one.State] ?? 'accent'}>
                      {t(`state.${one.State}`, { defaultValue: one.State })}
                    </Badge>
                    {one.FailureReason && <Text tone="bad">{one.FailureReason}</Text>}
                  </>
                ),
              },
              {
                key: 'users',
                title: t('list.users'),
                isNumber: true,
                cell: (one) => (one.UserCount === undefined ? '–' : formatCount(one.UserCount)),
              },
              {
                key: 'next',
                title: t('list.next'),
                cell: (one) => (one.NextRefreshDate ? formatMoment(one.NextRefreshDate) : '–'),
              },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: (one) =>
                  may('rapport.DeletePredictiveSegment') && (
                    <Menu
                      label={`${one.Name}: ${t('words:actions')}`}
                      items={[
                        { label: t('list.refresh'), onSelect: () => refresh.mutate(one.Id) },
                        { label: t('words:delete'), isDangerous: true, onSelect: () => setDeleted(one) },
                      ]}
                    >
                      <span aria-hidden="true">⋯</span>
                    </Menu>
                  ),
              },
            ]}
          />
        )}
      </List>
      <ConfirmDialog
        title={t('list.deleteTitle', { name: deleted?.Name })}
        consequence={t('list.deleteConsequence')}
        confirmLabel={t('words:delete')}
        isOpen={deleted !== null}
        onClose={() => setDeleted(null)}
        onConfirm={() => remove.mutateAsync(deleted?.Id ?? '')}
      />
    </Page>
  )
}
