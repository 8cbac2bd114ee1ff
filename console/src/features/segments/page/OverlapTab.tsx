import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentOverlapQuery } from '@/api/segmentQuestions'
import { segmentQuery, segmentSearchQuery } from '@/api/segments'
import { formatCount, formatShare } from '@/lib/format'
import { useDebounced } from '@/lib/useDebounced'
import { BarChart } from '@/ui/BarChart'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Grid, Row, Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Picker } from '@/ui/Picker'
import { Facts, Text } from '@/ui/Text'
import type { TabProps } from '../SegmentPage'

const kOthersMax = 7

/** How many members this segment shares with others. */
export function OverlapTab({ app, segment, search, onSearch }: TabProps) {
  const { t } = useTranslation('segments')
  const others = search.with ?? []
  const choose = (ids: string[]) => onSearch({ tab: 'overlap', with: ids.length > 0 ? ids : undefined })
  const stored = useQueries({ queries: others.map((id) => segmentQuery(app, id)) })
  const nameOf = (id: string) => {
    if (id === segment.Id) return segment.Name ?? id
    return stored[others.indexOf(id)]?.data?.Name ?? id
  }
  return (
    <Stack>
      <Text tone="soft">{t('overlap.hint')}</Text>
      <Row>
        {others.map((id) => (
          <Button key={id} onClick={() => choose(others.filter((other) => other !== id))}>
            {t('overlap.remove', { name: nameOf(id) })}
          </Button>
        ))}
        {others.length < kOthersMax && (
          <AddOther app={app} taken={[segment.Id, ...others]} onAdd={(id) => choose([...others, id])} />
        )}
      </Row>
      {others.length === 0 ? (
        <Text tone="soft">{t('overlap.none')}</Text>
      ) : (
        <Overlap app={app} segments={[segment.Id, ...others]} nameOf={nameOf} />
      )}
    </Stack>
  )
}

function AddOther({
  app,
  taken,
  onAdd,
}: {
  app: string
  taken: readonly string[]
  onAdd: (id: string) => void
}) {
  const { t } = useTranslation('segments')
  const [query, setQuery] = useState('')
  const settled = useDebounced(query)
  const found = useQuery(segmentSearchQuery(app, { query: settled || undefined, sort: 'NAME' }, 15))
  return (
    <Picker
      label={t('overlap.add')}
      searchLabel={t('overlap.find')}
      empty={t('overlap.noSegment')}
      query={query}
      onQuery={setQuery}
      options={(found.data?.Item ?? [])
        .filter((item) => !taken.includes(item.Id))
        .map((item) => ({ value: item.Id, label: item.Name }))}
      onPick={onAdd}
    />
  )
}

function Overlap({
  app,
  segments,
  nameOf,
}: {
  app: string
  segments: readonly string[]
  nameOf: (id: string) => string
}) {
  const { t } = useTranslation('segments')
  const overlap = useQuery(segmentOverlapQuery(app, segments))
  return (
    <Loaded query={overlap}>
      {({ Segments, Pairs, IntersectionCount, UnionCount }) => {
        const sizeOf = (id: string) => Segments.find((one) => one.Id === id)?.EndpointCount ?? 0
        return (
          <Grid>
            <Card title={t('overlap.sizes')}>
              <BarChart
                title={t('overlap.sizes')}
                valueName={t('endpoints')}
                bars={Segments.map((one) => ({ label: nameOf(one.Id), value: one.EndpointCount }))}
              />
              <Facts
                facts={[
                  [t('overlap.all'), formatCount(IntersectionCount)],
                  [t('overlap.any'), formatCount(UnionCount)],
                ]}
              />
            </Card>
            <Card title={t('overlap.pairs')}>
              <BarChart
                title={t('overlap.pairs')}
                valueName={t('endpoints')}
                bars={Pairs.map((pair) => {
                  const size = sizeOf(pair.First.Id)
                  return {
                    label: `${nameOf(pair.First.Id)} ∩ ${nameOf(pair.Second.Id)}`,
                    value: pair.EndpointCount,
                    note:
                      size > 0
                        ? `(${t('overlap.ofFirst', { share: formatShare(pair.EndpointCount / size, 0) })})`
                        : undefined,
                  }
                })}
              />
            </Card>
          </Grid>
        )
      }}
    </Loaded>
  )
}
