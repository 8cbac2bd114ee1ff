import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { segmentSizeQuery, segmentVersionsQuery } from '@/api/segmentQuestions'
import type { Segment } from '@/api/segments'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { BulletList } from '@/ui/BulletList'
import { Card } from '@/ui/Card'
import { FieldRow } from '@/ui/Condition'
import { SelectField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { List, Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { fromWire } from '../form/fromWire'
import type { TabProps } from '../SegmentPage'
import { useSegmentNames } from './useSegmentNames'
import { difference, sentences } from './words'

/** Every version there was, and what changed between two of them. */
export function VersionsTab({ app, segment, search, onSearch }: TabProps) {
  const { t } = useTranslation('segments')
  const versions = useQuery(segmentVersionsQuery(app, segment.Id, search.pages?.at(-1)))
  const items = [...(versions.data?.Item ?? [])].sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0))
  return (
    <List listing={{ ...versions, data: versions.data ? items : undefined }} empty={null}>
      {() => (
        <Stack>
          <Table
            label={t('tabs.versions')}
            items={items}
            keyOf={(item) => String(item.Version)}
            columns={[
              {
                key: 'version',
                title: t('versions.version'),
                cell: (item) => (
                  <Row>
                    {item.Version}
                    {item.Version === segment.Version && <Badge tone="accent">{t('versions.current')}</Badge>}
                  </Row>
                ),
              },
              { key: 'name', title: t('words:name'), cell: (item) => item.Name },
              {
                key: 'changed',
                title: t('words:changed'),
                cell: (item) => formatMoment(item.LastModifiedDate ?? item.CreationDate),
              },
              {
                key: 'size',
                title: t('versions.size'),
                isNumber: true,
                cell: (item) => <VersionSize app={app} segment={segment.Id} version={item.Version ?? 1} />,
              },
            ]}
          />
          {items.length > 1 && <Compare app={app} items={items} search={search} onSearch={onSearch} />}
        </Stack>
      )}
    </List>
  )
}

function VersionSize({ app, segment, version }: { app: string; segment: string; version: number }) {
  const size = useQuery(segmentSizeQuery(app, segment, version))
  if (size.data) return formatCount(size.data.EndpointCount)
  return size.error ? '–' : '…'
}

function Compare({
  app,
  items,
  search,
  onSearch,
}: Pick<TabProps, 'app' | 'search' | 'onSearch'> & { items: readonly Segment[] }) {
  const { t } = useTranslation('segments')
  const find = (version: string | undefined) => items.find((item) => String(item.Version) === version)
  const after = find(search.to) ?? items[0]
  const before = find(search.from) ?? items[1]
  const options = items.map((item) => [String(item.Version), String(item.Version)] as const)
  if (!before || !after) return null
  const chosen = { tab: 'versions' as const, from: String(before.Version), to: String(after.Version) }
  return (
    <Card title={t('versions.compare')}>
      <FieldRow>
        <SelectField
          label={t('versions.from')}
          value={chosen.from}
          options={options}
          onChange={(event) => onSearch({ ...chosen, from: event.target.value })}
        />
        <SelectField
          label={t('versions.to')}
          value={chosen.to}
          options={options}
          onChange={(event) => onSearch({ ...chosen, to: event.target.value })}
        />
      </FieldRow>
      <Changes app={app} before={before} after={after} />
    </Card>
  )
}

function Changes({ app, before, after }: { app: string; before: Segment; after: Segment }) {
  const { t } = useTranslation('segments')
  const { t: say } = useTranslation('builder')
  const definitions = [fromWire(before), fromWire(after)] as const
  const nameOf = useSegmentNames(app, definitions)
  if (after.SegmentType === 'IMPORT') return <Text tone="soft">{t('versions.importedChanged')}</Text>
  const { added, removed, kept } = difference(
    sentences(say, definitions[0], nameOf),
    sentences(say, definitions[1], nameOf),
  )
  const isRenamed = before.Name !== after.Name
  return (
    <Stack gap="small">
      {isRenamed && <Text>{t('versions.renamed', { from: before.Name, to: after.Name })}</Text>}
      {!isRenamed && added.length + removed.length === 0 && <Text tone="soft">{t('versions.same')}</Text>}
      {removed.length > 0 && (
        <>
          <Text strong>{t('versions.removed')}</Text>
          <BulletList tone="bad" items={removed} />
        </>
      )}
      {added.length > 0 && (
        <>
          <Text strong>{t('versions.added')}</Text>
          <BulletList tone="good" items={added} />
        </>
      )}
      {kept.length > 0 && (
        <>
          <Text strong>{t('versions.kept')}</Text>
          <BulletList tone="soft" items={kept} />
        </>
      )}
    </Stack>
  )
}
