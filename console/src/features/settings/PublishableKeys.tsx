import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { publishableKeysQuery, useCreatePublishableKey, useDeletePublishableKey } from '@/api/keys'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Grid } from '@/ui/Layout'
import { KeyList } from './KeyList'

/** Keys that may stand in an app or a web page: they can write events and endpoints, and read nothing. */
export function PublishableKeys({ app }: { app: string }) {
  const { t } = useTranslation('settings')
  const keys = useQuery(publishableKeysQuery(app))
  const remove = useDeletePublishableKey(app)
  return (
    <KeyList
      title={t('keys.publishable')}
      hint={t('keys.publishableHint')}
      form={<NewPublishableKey app={app} />}
      keys={keys}
      idOf={({ PublishableKey }) => PublishableKey}
      columns={[
        {
          key: 'origins',
          title: t('keys.origins'),
          cell: (key) => key.AllowedOrigins.join(', ') || t('keys.anyOrigin'),
        },
      ]}
      onDelete={(key) => remove.mutateAsync(key)}
    />
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
