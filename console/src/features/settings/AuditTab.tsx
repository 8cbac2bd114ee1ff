import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditFilter, auditQuery } from '@/api/audit'
import { formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** Who changed what. */
export function AuditTab({ app, filter }: { app: string; filter: AuditFilter }) {
  const { t } = useTranslation('settings')
  const navigate = useNavigate()
  const page = useQuery(auditQuery(filter))
  const [actor, setActor] = useState(filter.actor ?? '')
  const [operation, setOperation] = useState(filter.operation ?? '')
  const show = (next: AuditFilter) =>
    void navigate({ to: '/apps/$app/settings', params: { app }, search: { tab: 'audit', ...next } })
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          show({ actor: actor || undefined, operation: operation || undefined })
        }}
      >
        <Row align="end" gap="medium">
          <TextField
            label={t('audit.who')}
            value={actor}
            onChange={(event) => setActor(event.target.value)}
          />
          <TextField
            label={t('audit.what')}
            value={operation}
            onChange={(event) => setOperation(event.target.value)}
          />
          <Button type="submit">{t('words:search')}</Button>
        </Row>
      </form>
      <List
        listing={{ ...page, data: page.data?.Item }}
        empty={<EmptyState title={t('audit.empty')} hint={t('audit.emptyHint')} />}
      >
        {(entries) => (
          <Table
            label={t('tab.audit')}
            items={entries}
            keyOf={({ Id }) => Id}
            columns={[
              { key: 'when', title: t('audit.when'), cell: (entry) => formatMoment(entry.Date) },
              { key: 'who', title: t('audit.who'), cell: (entry) => entry.ActorName },
              { key: 'kind', title: t('audit.kind'), cell: (entry) => t(`audit.actor.${entry.ActorType}`) },
              { key: 'what', title: t('audit.what'), cell: (entry) => entry.Operation },
              { key: 'path', title: t('audit.path'), cell: (entry) => <Code>{entry.ResourcePath}</Code> },
              {
                key: 'status',
                title: t('audit.outcome'),
                cell: (entry) => (
                  <Badge tone={entry.StatusCode < 400 ? 'good' : 'bad'}>{entry.StatusCode}</Badge>
                ),
              },
            ]}
          />
        )}
      </List>
      {page.data?.NextToken && (
        <Row justify="end">
          <Button onClick={() => show({ ...filter, token: page.data.NextToken })}>{t('audit.older')}</Button>
        </Row>
      )}
    </Stack>
  )
}
