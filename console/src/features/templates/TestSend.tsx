import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type SendChannel, useSendMessage } from '@/api/messages'
import type { TemplatePreview, TemplateType } from '@/api/templates'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Notice } from '@/ui/Notice'
import { kTestChannels, testMessage } from './testMessage'

/** Sends what the preview shows to one address, and says what came of it. */
export function TestSend({
  app,
  type,
  preview,
}: {
  app: string
  type: TemplateType
  preview: TemplatePreview
}) {
  const { t } = useTranslation('templates')
  const channels = kTestChannels[type]
  const [channel, setChannel] = useState<SendChannel>(channels[0] ?? 'EMAIL')
  const [address, setAddress] = useState('')
  const [isMissing, setMissing] = useState(false)
  const send = useSendMessage(app)
  const result = send.data
  return (
    <Card title={t('testSend')} hint={t('testSendHint')}>
      <Form
        error={send.error}
        onSubmit={(event) => {
          event.preventDefault()
          setMissing(address.trim() === '')
          if (address.trim() !== '')
            send.mutate({ address: address.trim(), channel, message: testMessage(preview, channel) })
        }}
        buttons={
          <Button type="submit" isBusy={send.isPending}>
            {t('sendNow')}
          </Button>
        }
      >
        {channels.length > 1 && (
          <SelectField
            label={t('channel')}
            value={channel}
            onChange={(event) => setChannel(event.target.value as SendChannel)}
            options={channels.map((one) => [one, one])}
          />
        )}
        <TextField
          label={t(`addresses.${type}`)}
          value={address}
          error={isMissing ? t('addressMissing') : undefined}
          onChange={(event) => setAddress(event.target.value)}
        />
      </Form>
      {result && (
        <Notice
          tone={result.DeliveryStatus === 'SUCCESSFUL' ? 'good' : 'bad'}
          title={t(`deliveries.${result.DeliveryStatus}`)}
        >
          {result.StatusMessage}
        </Notice>
      )}
    </Card>
  )
}
