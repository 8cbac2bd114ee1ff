import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shape } from '@/api/client'
import { accessKeysQuery, useCreateAccessKey, useDeleteAccessKey } from '@/api/keys'
import { formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { ConfirmDialog, Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Row, Stack } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code, CodeBlock, Text } from '@/ui/Text'
import { PublishableKeys } from './PublishableKeys'

/** Keys of programs: secret ones for servers, publishable ones for apps and web sites. */
export function KeysTab({ app }: { app: string }) {
  return (
    <Stack>
      <AccessKeys />
      <PublishableKeys app={app} />
    </Stack>
  )
}

function AccessKeys() {
  const { t } = useTranslation('settings')
  const keys = useQuery(accessKeysQuery())
  const remove = useDeleteAccessKey()
  const [made, setMade] = useState<Shape<'rapport.NewAccessKeyResponse'> | null>(null)
  const [deleted, setDeleted] = useState<string | null>(null)
  return (
    <Card title={t('keys.access')} hint={t('keys.accessHint')}>
      <NewKey onMade={setMade} />
      <List listing={keys} empty={<EmptyState title={t('keys.none')} />}>
        {(all) => (
          <Table
            label={t('keys.access')}
            items={all}
            keyOf={({ AccessKeyId }) => AccessKeyId}
            columns={[
              { key: 'id', title: t('keys.id'), cell: (key) => <Code>{key.AccessKeyId}</Code> },
              { key: 'note', title: t('keys.note'), cell: (key) => key.Note },
              { key: 'role', title: t('users.role'), cell: (key) => t(`role.${key.Role}.name`) },
              { key: 'created', title: t('words:created'), cell: (key) => formatMoment(key.CreationDate) },
              {
                key: 'state',
                title: t('words:status'),
                cell: (key) => (
                  <Badge tone={key.Enabled ? 'good' : 'plain'}>
                    {key.Enabled ? t('channels.on') : t('channels.off')}
                  </Badge>
                ),
              },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: (key) => (
                  <Button
                    look="quiet"
                    aria-label={t('keys.deleteOf', { key: key.AccessKeyId })}
                    onClick={() => setDeleted(key.AccessKeyId)}
                  >
                    {t('words:delete')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      <Dialog title={t('keys.made')} isOpen={made !== null} onClose={() => setMade(null)}>
        <Text>{t('keys.madeHint')}</Text>
        <CodeBlock label={t('keys.made')}>
          {`AWS_ACCESS_KEY_ID=${made?.AccessKey.AccessKeyId}\nAWS_SECRET_ACCESS_KEY=${made?.SecretAccessKey}`}
        </CodeBlock>
        <Row justify="end">
          <Button look="primary" onClick={() => setMade(null)}>
            {t('words:close')}
          </Button>
        </Row>
      </Dialog>
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

function NewKey({ onMade }: { onMade: (key: Shape<'rapport.NewAccessKeyResponse'>) => void }) {
  const { t } = useTranslation('settings')
  const create = useCreateAccessKey()
  const [note, setNote] = useState('')
  return (
    <Form
      error={create.error}
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(
          { Note: note.trim() },
          {
            onSuccess: (key) => {
              setNote('')
              onMade(key)
            },
          },
        )
      }}
      buttons={
        <Button look="primary" type="submit" isBusy={create.isPending} disabled={note.trim() === ''}>
          {t('keys.create')}
        </Button>
      }
    >
      <TextField label={t('keys.for')} value={note} onChange={(event) => setNote(event.target.value)} />
    </Form>
  )
}
