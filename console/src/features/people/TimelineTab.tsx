import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { campaignQuery } from '@/api/campaigns'
import { type TimelineEntry, timelineQuery } from '@/api/people'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField } from '@/ui/Field'
import { Grid, Row, Stack } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { Timeline } from '@/ui/Timeline'
import type { PersonSearch, PersonTabProps } from './PersonPage'

/** Events and messages of a person on one line of time. */
export function TimelineTab({ who, search, onSearch }: PersonTabProps) {
  const { t } = useTranslation('people')
  const timeline = useInfiniteQuery(timelineQuery(who, search.kind))
  const items = timeline.data?.pages.flatMap((page) => page.Item)
  return (
    <Stack>
      <Grid columns={3}>
        <SelectField
          label={t('timeline.show')}
          value={search.kind ?? ''}
          onChange={(event) =>
            onSearch({ tab: 'timeline', kind: (event.target.value || undefined) as PersonSearch['kind'] })
          }
          options={[
            ['', t('timeline.all')],
            ['EVENT', t('timeline.events')],
            ['MESSAGE', t('timeline.messages')],
          ]}
        />
      </Grid>
      <List
        listing={{ ...timeline, data: items }}
        empty={<EmptyState title={t('timeline.none')} hint={t('timeline.noneHint')} />}
      >
        {(entries) => (
          <Card>
            <Timeline
              label={t('tabs.timeline')}
              items={entries.map((entry) => ({
                key: `${entry.Id} ${entry.EventType} ${entry.Time}`,
                when: formatMoment(entry.Time),
                exact: entry.Time,
                isAccented: entry.Kind === 'MESSAGE',
                title: <EntryTitle app={who.app} entry={entry} />,
                children: <Details entry={entry} />,
              }))}
            />
          </Card>
        )}
      </List>
      {timeline.hasNextPage && (
        <Row justify="end">
          <Button isBusy={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
            {t('timeline.older')}
          </Button>
        </Row>
      )}
    </Stack>
  )
}

function toneOf(status: string): BadgeTone {
  if (/FAIL|BOUNCE|COMPLAIN|UNSUBSCRIBE|UNREACHABLE|BLOCKED|REJECT|DEAD/i.test(status)) return 'bad'
  return /DELIVER|OPEN|CLICK|SENT|SUCCESS/i.test(status) ? 'good' : 'plain'
}

function EntryTitle({ app, entry }: { app: string; entry: TimelineEntry }) {
  const { t } = useTranslation('people')
  return (
    <>
      {entry.EventType}
      {entry.Kind === 'MESSAGE' && <Badge tone="accent">{t('timeline.message')}</Badge>}
      {entry.ChannelType && <Badge>{entry.ChannelType}</Badge>}
      {entry.Status && <Badge tone={toneOf(entry.Status)}>{entry.Status}</Badge>}
      {entry.CampaignId && <CampaignLink app={app} campaign={entry.CampaignId} />}
    </>
  )
}

/** A campaign by its name; by its id once it is deleted. */
function CampaignLink({ app, campaign }: { app: string; campaign: string }) {
  const found = useQuery(campaignQuery(app, campaign))
  return (
    <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign }}>
      {found.data?.Name ?? campaign}
    </Link>
  )
}

/** Attributes of events that the entry has as members of its own. */
const kTold = /^(campaign_id|treatment_id|campaign_activity_id|endpoint_id)$/

function Details({ entry }: { entry: TimelineEntry }) {
  const facts: (readonly [string, string])[] = [
    ...Object.entries(entry.Attributes).filter(([name]) => !kTold.test(name)),
    ...Object.entries(entry.Metrics).map(([name, value]) => [name, formatCount(value)] as const),
  ]
  return facts.length > 0 ? (
    <Text tone="soft" size="small">
      {facts.map(([name, value]) => `${name}: ${value}`).join(' · ')}
    </Text>
  ) : null
}
