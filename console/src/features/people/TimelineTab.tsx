import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type TimelineEntry, timelineQuery } from '@/api/people'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Button } from '@/ui/Button'
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
                title: <EntryTitle entry={entry} />,
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

function EntryTitle({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation('people')
  return (
    <>
      {entry.EventType}
      {entry.Kind === 'MESSAGE' && <Badge tone="accent">{t('timeline.message')}</Badge>}
      {entry.ChannelType && <Badge>{entry.ChannelType}</Badge>}
      {entry.Status && <Badge tone={toneOf(entry.Status)}>{entry.Status}</Badge>}
    </>
  )
}

/** Attributes of events that the entry has as members of its own. */
const kTold = /^(campaign_id|treatment_id|campaign_activity_id|endpoint_id)$/

function Details({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation('people')
  const facts: (readonly [string, string])[] = [
    ...Object.entries(entry.Attributes).filter(([name]) => !kTold.test(name)),
    ...Object.entries(entry.Metrics).map(([name, value]) => [name, formatCount(value)] as const),
  ]
  if (entry.CampaignId) facts.push([t('timeline.campaign'), entry.CampaignId])
  return facts.length > 0 ? (
    <Text tone="soft" size="small">
      {facts.map(([name, value]) => `${name}: ${value}`).join(' · ')}
    </Text>
  ) : null
}
