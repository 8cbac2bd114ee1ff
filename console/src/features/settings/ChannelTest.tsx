import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ChannelKind, useTestChannel } from '@/api/channels'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Notice } from '@/ui/Notice'

/** Sends a message to one address and says what came of it, in the provider's words where something is wrong. */
export function ChannelTest({ app, kind }: { app: string; kind: ChannelKind }) {
  const { t } = useTranslation('settings')
  const test = useTestChannel(app)
  const [isOpen, setOpen] = useState(false)
  const [address, setAddress] = useState('')
  const isSent = test.data?.DeliveryStatus === 'SUCCESSFUL'
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('test.open')}</Button>
      <Dialog
        title={t('test.title', { channel: t(`channel.${kind}`) })}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        <Form
          error={test.error}
          onSubmit={(event) => {
            event.preventDefault()
            test.mutate({ kind, address, text: t('test.text') })
          }}
          buttons={
            <>
              <Button onClick={() => setOpen(false)}>{t('words:close')}</Button>
              <Button look="primary" type="submit" isBusy={test.isPending} disabled={address.trim() === ''}>
                {t('test.send')}
              </Button>
            </>
          }
        >
          <TextField
            label={t(`test.address.${kind}`)}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
          {test.data && (
            <Notice tone={isSent ? 'good' : 'bad'} title={isSent ? t('test.sent') : t('test.failed')}>
              {`${test.data.DeliveryStatus}: ${test.data.StatusMessage ?? ''}`}
            </Notice>
          )}
        </Form>
      </Dialog>
    </>
  )
}
