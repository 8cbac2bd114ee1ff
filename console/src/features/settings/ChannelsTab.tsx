import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { serverSettingsQuery } from '@/api/appSettings'
import {
  type ChannelKind,
  channelsQuery,
  kChannelKinds,
  kChannelWrites,
  useWriteChannel,
} from '@/api/channels'
import { useMay } from '@/api/session'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Grid, Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Text } from '@/ui/Text'
import { ChannelTest } from './ChannelTest'

/** Ways to reach people: which are on, by whom they send, and whether that works. */
export function ChannelsTab({ app }: { app: string }) {
  const channels = useQuery(channelsQuery(app))
  return (
    <Loaded query={channels}>
      {(all) => (
        <Grid columns={2}>
          {kChannelKinds.map((kind) => (
            <ChannelCard key={kind} app={app} kind={kind} isEnabled={all[kind]?.Enabled ?? false} />
          ))}
        </Grid>
      )}
    </Loaded>
  )
}

/** What a channel needs beside being on. */
const kDetails: Partial<Record<ChannelKind, string>> = { EMAIL: 'from', GCM: 'apiKey' }

function ChannelCard({ app, kind, isEnabled }: { app: string; kind: ChannelKind; isEnabled: boolean }) {
  const { t } = useTranslation('settings')
  const server = useQuery(serverSettingsQuery())
  const may = useMay()
  const write = useWriteChannel(app)
  const [detail, setDetail] = useState('')
  const provider = server.data?.Channels.find(({ ChannelType }) => ChannelType === kind)?.Provider
  const needed = kDetails[kind]
  const mayChange = may(kChannelWrites[kind])
  const change = (next: boolean) => write.mutate({ kind, isEnabled: next, detail })
  return (
    <Card
      title={t(`channel.${kind}`)}
      actions={
        <Badge tone={isEnabled ? 'good' : 'plain'}>{isEnabled ? t('channels.on') : t('channels.off')}</Badge>
      }
    >
      <Text tone="soft">{provider ? t('channels.provider', { provider }) : t('channels.noProvider')}</Text>
      {mayChange && (
        <Form
          error={write.error}
          onSubmit={(event) => {
            event.preventDefault()
            change(true)
          }}
          buttons={
            <>
              {isEnabled && !needed && (
                <Button isBusy={write.isPending} onClick={() => change(false)}>
                  {t('channels.turnOff')}
                </Button>
              )}
              {(!isEnabled || needed) && (
                <Button
                  look="primary"
                  type="submit"
                  isBusy={write.isPending}
                  disabled={needed !== undefined && !detail}
                >
                  {isEnabled ? t('words:save') : t('channels.turnOn')}
                </Button>
              )}
            </>
          }
        >
          {needed && (
            <TextField
              label={t(`channels.${needed}`)}
              hint={t(`channels.${needed}Hint`, { from: server.data?.FromAddress ?? '' })}
              value={detail}
              onChange={(event) => setDetail(event.target.value)}
            />
          )}
        </Form>
      )}
      {isEnabled && may('pinpoint.SendMessages') && (
        <Row>
          <ChannelTest app={app} kind={kind} />
        </Row>
      )}
    </Card>
  )
}
