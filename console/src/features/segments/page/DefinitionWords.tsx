import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Segment } from '@/api/segments'
import { BulletList } from '@/ui/BulletList'
import { Stack } from '@/ui/Layout'
import { Code, Text } from '@/ui/Text'
import { fromWire } from '../form/fromWire'
import { useSegmentNames } from './useSegmentNames'
import { groupWords } from './words'

/** Whom a segment means, in words. */
export function DefinitionWords({ app, segment }: { app: string; segment: Segment }) {
  const { t } = useTranslation(['segments', 'builder'])
  const { t: say } = useTranslation('builder')
  const definition = useMemo(() => fromWire(segment), [segment])
  const nameOf = useSegmentNames(app, [definition])
  if (segment.SegmentType === 'IMPORT') {
    const source = segment.ImportDefinition?.S3Url
    return (
      <Stack gap="small">
        <Text>{t('imported')}</Text>
        {source && <Code>{source}</Code>}
      </Stack>
    )
  }
  const groups = groupWords(say, definition, nameOf)
  if (groups.every((group) => group.sources.length + group.conditions.length === 0))
    return <Text>{t('everyone')}</Text>
  return (
    <Stack gap="small">
      {groups.length > 1 && (
        <Text strong>{say('words.groupsRule', { rule: say(`include.${definition.include ?? 'ALL'}`) })}</Text>
      )}
      {groups.map((group, at) => (
        <Stack key={group.id} gap="small">
          {groups.length > 1 && <Text strong>{say('group', { number: at + 1 })}</Text>}
          {group.sources.length > 0 && (
            <>
              <Text tone="soft">{group.sourceRule}</Text>
              <BulletList items={group.sources} />
            </>
          )}
          {group.conditions.length > 0 && (
            <>
              <Text tone="soft">{group.rule}</Text>
              <BulletList items={group.conditions} />
            </>
          )}
        </Stack>
      ))}
    </Stack>
  )
}
