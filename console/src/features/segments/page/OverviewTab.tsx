import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { segmentFacetsQuery, segmentSampleQuery, segmentSizeQuery } from '@/api/segmentQuestions'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Dimmed } from '@/ui/Condition'
import { Grid, Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { FacetChart, fieldName } from '../FacetChart'
import { FacetField } from '../FacetField'
import type { TabProps } from '../SegmentPage'
import { SizeFacts } from '../SizeCard'
import { DefinitionWords } from './DefinitionWords'
import { EndpointTable } from './EndpointTable'

/** Who is meant, how many they are, what they are like, and a few of them. */
export function OverviewTab({ app, segment }: TabProps) {
  const { t } = useTranslation('segments')
  const size = useQuery(segmentSizeQuery(app, segment.Id))
  return (
    <Stack>
      <Grid>
        <Card title={t('size')}>
          <Loaded query={size}>{(data) => <SizeFacts size={data} />}</Loaded>
        </Card>
        <Stack>
          <Card title={t('definition')}>
            <DefinitionWords app={app} segment={segment} />
          </Card>
          <Composition app={app} segment={segment.Id} total={size.data?.EndpointCount ?? 0} />
        </Stack>
      </Grid>
      <Sample app={app} segment={segment.Id} />
    </Stack>
  )
}

function Composition({ app, segment, total }: { app: string; segment: string; total: number }) {
  const { t } = useTranslation('segments')
  const [field, setField] = useState('Location.Country')
  const fields = useQuery(fieldsQuery(app))
  const facets = useQuery(segmentFacetsQuery(app, segment, [field]))
  return (
    <Card title={t('composition')}>
      <FacetField fields={fields.data} value={field} onChange={setField} />
      <Loaded query={facets}>
        {([facet]) => (
          <Dimmed isDim={facets.isPlaceholderData}>
            {facet && <FacetChart facet={facet} title={fieldName(facet.Field)} total={total} />}
          </Dimmed>
        )}
      </Loaded>
    </Card>
  )
}

function Sample({ app, segment }: { app: string; segment: string }) {
  const { t } = useTranslation('segments')
  const [seed, setSeed] = useState(0)
  const sample = useQuery(segmentSampleQuery(app, segment, seed))
  return (
    <Card
      title={t('sample.title')}
      actions={<Button onClick={() => setSeed(seed + 1)}>{t('sample.again')}</Button>}
    >
      <Dimmed isDim={sample.isPlaceholderData}>
        <EndpointTable app={app} segment={segment} listing={sample} label={t('sample.title')} />
      </Dimmed>
    </Card>
  )
}
