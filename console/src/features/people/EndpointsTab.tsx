import { useTranslation } from 'react-i18next'
import type { Shape } from '@/api/client'
import { useSetOptOut, type Who } from '@/api/people'
import { useMay } from '@/api/session'
import { formatAddress, formatCount, formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Grid, Row, Stack } from '@/ui/Layout'
import { ErrorState } from '@/ui/States'
import { Code, Facts, Heading, Text } from '@/ui/Text'

type Endpoint = Shape<'pinpoint.EndpointResponse'>

/** Where somebody can be reached, and what is known of them there. */
export function EndpointsTab({ who, endpoints }: { who: Who; endpoints: readonly Endpoint[] }) {
  const { t } = useTranslation('people')
  const attributes = endpoints[0]?.User?.UserAttributes ?? {}
  return (
    <Stack>
      {who.user !== undefined && (
        <Card title={t('userAttributes')}>
          {Object.keys(attributes).length === 0 ? (
            <Text tone="soft">{t('words:none')}</Text>
          ) : (
            <Facts facts={listed(attributes)} />
          )}
        </Card>
      )}
      <Grid>
        {endpoints.map((endpoint) => (
          <OneEndpoint key={endpoint.Id} who={who} endpoint={endpoint} />
        ))}
      </Grid>
    </Stack>
  )
}

const listed = (attributes: Record<string, string[]>) =>
  Object.entries(attributes)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, values]) => [name, values.join(', ')] as const)

const filled = (members: object | undefined) =>
  Object.entries(members ?? {})
    .filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => [name, String(value)] as const)

function OneEndpoint({ who, endpoint }: { who: Who; endpoint: Endpoint }) {
  const { t } = useTranslation('people')
  const may = useMay()
  const optOut = useSetOptOut(who)
  const isOut = endpoint.OptOut === 'ALL'
  const isActive = endpoint.EndpointStatus !== 'INACTIVE'
  const metrics = Object.entries(endpoint.Metrics ?? {})
  const parts = [
    ['attributes', listed(endpoint.Attributes ?? {})],
    ['metrics', metrics.map(([name, value]) => [name, formatCount(value)] as const)],
    ['device', filled(endpoint.Demographic)],
    ['place', filled(endpoint.Location)],
  ] as const
  return (
    <Card
      title={formatAddress(endpoint.Address || endpoint.Id || '')}
      actions={
        may('pinpoint.UpdateEndpoint') && (
          <Button
            isBusy={optOut.isPending}
            onClick={() => optOut.mutate({ endpoint: endpoint.Id ?? '', optOut: isOut ? 'NONE' : 'ALL' })}
          >
            {t(isOut ? 'optIn' : 'optOut')}
          </Button>
        )
      }
    >
      {optOut.error && <ErrorState error={optOut.error} />}
      <Row>
        {endpoint.ChannelType && <Badge tone="accent">{endpoint.ChannelType}</Badge>}
        <Badge tone={isActive ? 'good' : 'warn'}>{t(isActive ? 'active' : 'inactive')}</Badge>
        <Badge tone={isOut ? 'bad' : 'plain'}>{t(isOut ? 'optedOut' : 'notOptedOut')}</Badge>
      </Row>
      <Facts
        facts={[
          ['ID', <Code key="id">{endpoint.Id}</Code>],
          [t('address'), endpoint.Address ? <Code key="address">{endpoint.Address}</Code> : '–'],
          [t('since'), endpoint.CreationDate ? formatMoment(endpoint.CreationDate) : '–'],
          [t('lastChanged'), endpoint.EffectiveDate ? formatMoment(endpoint.EffectiveDate) : '–'],
        ]}
      />
      {parts.map(
        ([name, facts]) =>
          facts.length > 0 && (
            <Stack key={name} gap="small">
              <Heading level={3}>{t(name)}</Heading>
              <Facts facts={facts} />
            </Stack>
          ),
      )}
    </Card>
  )
}
