import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shape } from '@/api/client'
import { accessKeysQuery, useCreateAccessKey, useDeleteAccessKey } from '@/api/keys'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Row, Stack } from '@/ui/Layout'
import { CodeBlock, Text } from '@/ui/Text'
import { KeyList } from './KeyList'
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
  return (
    <>
      <KeyList
        title={t('keys.access')}
        hint={t('keys.accessHint')}
        form={<NewKey onMade={setMade} />}
        keys={keys}
        idOf={({ AccessKeyId }) => AccessKeyId}
        columns={[
          { key: 'role', title: t('users.role'), cell: (key) => t(`role.${key.Role}.name`) },
          {
            key: 'state',
            title: t('words:status'),
            cell: (key) => (
              <Badge tone={key.Enabled ? 'good' : 'plain'}>
                {key.Enabled ? t('channels.on') : t('channels.off')}
              </Badge>
            ),
          },
        ]}
        onDelete={(id) => remove.mutateAsync(id)}
      />
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
    </>
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
