import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { serverSettingsQuery } from '@/api/appSettings'
import { formatCount, formatMoment } from '@/lib/format'
import { Card } from '@/ui/Card'
import { Grid } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Code, Facts, Text } from '@/ui/Text'

/** What the operator configured, to see: it is changed in the server's own configuration. */
export function ServerTab() {
  const { t } = useTranslation('settings')
  const server = useQuery(serverSettingsQuery())
  return (
    <Loaded query={server}>
      {(data) => (
        <Grid columns={2}>
          <Card title={t('server.title')} hint={t('server.hint')}>
            <Facts
              facts={[
                [t('server.version'), data.Version],
                [t('server.started'), data.StartTime ? formatMoment(data.StartTime) : '–'],
                [t('server.database'), data.Database ?? '–'],
                [t('server.records'), data.RecordStore ?? '–'],
                [t('server.objects'), data.ObjectStore ?? '–'],
                [t('server.events'), data.EventStore ?? '–'],
                [
                  t('server.tracking'),
                  data.IsTracking ? (data.TrackingUrl ?? t('words:yes')) : t('words:no'),
                ],
              ]}
            />
          </Card>
          <Card title={t('server.limits')}>
            <Facts
              facts={data.Limits.map(({ Name, Value, Unit }) => [
                Name,
                `${formatCount(Value)} ${Unit ?? ''}`,
              ])}
            />
          </Card>
          <Card title={t('server.hooks')} hint={t('server.hooksHint')}>
            {data.Hooks.length === 0 ? (
              <Text tone="soft">{t('words:none')}</Text>
            ) : (
              data.Hooks.map((hook) => <Code key={hook}>{hook}</Code>)
            )}
          </Card>
          <Card title={t('server.streams')} hint={t('server.streamsHint')}>
            {data.EventStreams.length === 0 ? (
              <Text tone="soft">{t('words:none')}</Text>
            ) : (
              <Facts facts={data.EventStreams.map(({ Arn, Destination }) => [Arn, Destination])} />
            )}
          </Card>
        </Grid>
      )}
    </Loaded>
  )
}
