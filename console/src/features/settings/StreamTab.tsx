import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  eventStreamQuery,
  serverSettingsQuery,
  useDeleteEventStream,
  usePutEventStream,
} from '@/api/appSettings'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { ConfirmDialog } from '@/ui/Dialog'
import { Form } from '@/ui/Form'
import { Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { SuggestField } from '@/ui/SuggestField'
import { Code, Facts, Text } from '@/ui/Text'

/** Where the application's events are handed on to. */
export function StreamTab({ app }: { app: string }) {
  const { t } = useTranslation('settings')
  const stream = useQuery(eventStreamQuery(app))
  const may = useMay()
  const remove = useDeleteEventStream(app)
  const [isRemoving, setRemoving] = useState(false)
  return (
    <Card title={t('stream.title')} hint={t('stream.hint')}>
      {stream.data === null ? (
        <Text>{t('stream.none')}</Text>
      ) : (
        <Loaded query={stream}>
          {(data) => (
            <Facts
              facts={[
                [t('stream.destination'), <Code key="destination">{data.DestinationStreamArn}</Code>],
                [t('words:changed'), data.LastModifiedDate ? formatMoment(data.LastModifiedDate) : ''],
              ]}
            />
          )}
        </Loaded>
      )}
      {may('pinpoint.PutEventStream') && <StreamForm app={app} />}
      {may('pinpoint.DeleteEventStream') && stream.data && (
        <Row>
          <Button look="danger" onClick={() => setRemoving(true)}>
            {t('stream.remove')}
          </Button>
        </Row>
      )}
      <ConfirmDialog
        title={t('stream.remove')}
        consequence={t('stream.consequence')}
        confirmLabel={t('stream.remove')}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutateAsync()}
      />
    </Card>
  )
}

function StreamForm({ app }: { app: string }) {
  const { t } = useTranslation('settings')
  const server = useQuery(serverSettingsQuery())
  const put = usePutEventStream(app)
  const [destination, setDestination] = useState('')
  return (
    <Form
      error={put.error}
      onSubmit={(event) => {
        event.preventDefault()
        put.mutate(destination, { onSuccess: () => setDestination('') })
      }}
      buttons={
        <Button look="primary" type="submit" isBusy={put.isPending} disabled={destination === ''}>
          {t('words:save')}
        </Button>
      }
    >
      <SuggestField
        label={t('stream.destination')}
        hint={t('stream.destinationHint')}
        value={destination}
        suggestions={server.data?.EventStreams.map(({ Arn }) => Arn) ?? []}
        onChange={setDestination}
      />
    </Form>
  )
}
