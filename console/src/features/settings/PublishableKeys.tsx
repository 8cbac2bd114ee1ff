import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { publishableKeysQuery, useCreatePublishableKey, useDeletePublishableKey } from '@/api/keys'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { ConfirmDialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Grid } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** Keys that may stand in an app or a web page: they can write events and endpoints, and read nothing. */
export function PublishableKeys({ app }: { app: string }) {
  const { t } = useTranslation('settings')
  const keys = useQuery(publishableKeysQuery(app))
  const remove = useDeletePublishableKey(app)
  const [deleted, setDeleted] = useState<string | null>(null)
  return (
    <Card title={t('keys.publishable')} hint={t('keys.publishableHint')}>
      <NewPublishableKey app={app} />
      <List listing={keys} empty={<EmptyState title={t('keys.none')} />}>
        {(all) => (
          <Table
            label={t('keys.publishable')}
            items={all}
            keyOf={({ PublishableKey }) => PublishableKey}
            columns={[
              { key: 'key', title: t('keys.id'), cell: (key) => <Code>{key.PublishableKey}</Code> },
              { key: 'note', title: t('keys.note'), cell: (key) => key.Note },
              {
                key: 'origins',
                title: t('keys.origins'),
                cell: (key) => key.AllowedOrigins.join(', ') || t('keys.anyOrigin'),
              },
              { key: 'created', title: t('words:created'), cell: (key) => formatMoment(key.CreationDate) },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: (key) => (
                  <Button
                    look="quiet"
                    aria-label={t('keys.deleteOf', { key: key.PublishableKey })}
                    onClick={() => setDeleted(key.PublishableKey)}
                  >
                    {t('words:delete')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      <ConfirmDialog
        title={t('keys.deleteOf', { key: deleted })}
        consequence={t('keys.deleteConsequence')}
        confirmLabel={t('words:delete')}
        isOpen={deleted !== null}
        onClose={() => setDeleted(null)}
        onConfirm={() => remove.mutateAsync(deleted ?? '')}
      />
    </Card>
  )
}

function NewPublishableKey({ app }: { app: string }) {
  const { t } = useTranslation('settings')
  const create = useCreatePublishableKey(app)
  const [note, setNote] = useState('')
  const [origins, setOrigins] = useState('')
  return (
    <Form
      error={create.error}
      onSubmit={(event) => {
        event.preventDefault()
        const AllowedOrigins = origins.split(/[\s,]+/).filter(Boolean)
        create.mutate(
          { Note: note.trim(), AllowedOrigins },
          {
            onSuccess: () => {
              setNote('')
              setOrigins('')
            },
          },
        )
      }}
      buttons={
        <Button type="submit" isBusy={create.isPending} disabled={note.trim() === ''}>
          {t('keys.create')}
        </Button>
      }
    >
      <Grid columns={2}>
        <TextField label={t('keys.for')} value={note} onChange={(event) => setNote(event.target.value)} />
        <TextField
          label={t('keys.origins')}
          hint={t('keys.originsHint')}
          isOptional
          value={origins}
          onChange={(event) => setOrigins(event.target.value)}
        />
      </Grid>
    </Form>
  )
}
