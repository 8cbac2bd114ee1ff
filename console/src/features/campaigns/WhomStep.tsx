import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentQuery, segmentSearchQuery, segmentSizesQuery } from '@/api/segments'
import { formatCount } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { TextArea, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import type { StepProps } from './CampaignFlow'

const kOffered = 10

/** The name of the campaign and the segment it reaches, with how many that are now. */
export function WhomStep({ app, form, onChange, errorOf }: StepProps) {
  const { t } = useTranslation('campaigns')
  const [query, setQuery] = useState('')
  const found = useQuery(segmentSearchQuery(app, { query: query || undefined }, kOffered))
  const items = found.data?.Item
  const sizes = useQuery(segmentSizesQuery(app, items?.map(({ Id }) => Id) ?? []))
  const missing = errorOf('segment')
  return (
    <>
      <TextField
        label={t('campaignName')}
        value={form.name}
        error={errorOf('name')}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <TextArea
        label={t('description')}
        isOptional
        rows={2}
        value={form.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
      {form.segment && <ChosenSegment app={app} segment={form.segment} />}
      {missing && <Notice tone="bad">{missing}</Notice>}
      <SearchField label={t('findSegment')} value={query} onChange={setQuery} />
      <List
        listing={{ ...found, data: items }}
        empty={
          <EmptyState title={t('noSegment')} hint={query ? t('nothingFoundHint') : t('noSegmentHint')} />
        }
      >
        {(segments) => (
          <Table
            label={t('segments')}
            items={segments}
            keyOf={({ Id }) => Id}
            columns={[
              {
                key: 'name',
                title: t('segment'),
                cell: ({ Name, SegmentType }) => (
                  <Row>
                    {Name}
                    {SegmentType === 'IMPORT' && <Badge>{t('imported')}</Badge>}
                  </Row>
                ),
              },
              {
                key: 'people',
                title: t('endpoints'),
                isNumber: true,
                cell: ({ Id }) => {
                  const size = sizes.data?.get(Id)
                  return size ? formatCount(size.EndpointCount) : '…'
                },
              },
              {
                key: 'reachable',
                title: t('reachable'),
                isNumber: true,
                cell: ({ Id }) => {
                  const size = sizes.data?.get(Id)
                  return size ? formatCount(size.ReachableEndpointCount) : '…'
                },
              },
              {
                key: 'choose',
                title: t('choice'),
                cell: ({ Id, Name, IsReady }) => (
                  <Button
                    look={Id === form.segment ? 'primary' : 'secondary'}
                    aria-pressed={Id === form.segment}
                    aria-label={t('chooseSegment', { name: Name })}
                    disabled={!IsReady}
                    onClick={() => onChange({ segment: Id, segmentVersion: undefined })}
                  >
                    {Id === form.segment ? t('chosen') : t('choose')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
    </>
  )
}

function ChosenSegment({ app, segment }: { app: string; segment: string }) {
  const { t } = useTranslation('campaigns')
  const name = useQuery(segmentQuery(app, segment)).data?.Name ?? segment
  const size = useQuery(segmentSizesQuery(app, [segment])).data?.get(segment)
  return (
    <Notice tone="good" title={t('goesTo', { name })}>
      {size && (
        <Stack gap="small">
          <Text>
            {t('segmentSize', {
              endpoints: formatCount(size.EndpointCount),
              users: formatCount(size.UserCount),
              reachable: formatCount(size.ReachableEndpointCount),
            })}
          </Text>
          <Text size="small">
            {Object.entries(size.ReachableByChannel)
              .map(([channel, count]) => `${t(`channels.${channel}`)}: ${formatCount(count)}`)
              .join(' · ')}
          </Text>
        </Stack>
      )}
    </Notice>
  )
}
