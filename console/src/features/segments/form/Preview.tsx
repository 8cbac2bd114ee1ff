import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { segmentPreviewQuery } from '@/api/segmentPreview'
import { useDebounced } from '@/lib/useDebounced'
import { Card } from '@/ui/Card'
import { Dimmed } from '@/ui/Condition'
import { Notice } from '@/ui/Notice'
import { ErrorState, Skeleton } from '@/ui/States'
import { Text } from '@/ui/Text'
import { FacetChart, fieldName } from '../FacetChart'
import { FacetField } from '../FacetField'
import { SizeFacts } from '../SizeCard'
import type { WireDefinition } from './toWire'

/** What the server makes of a definition, asked again once one stops typing. `key` texts keep equal definitions equal. */
export function usePreview(app: string, definition: WireDefinition, facet: string) {
  const asked = JSON.stringify(definition)
  const settled = useDebounced(asked, 250)
  const preview = useQuery(
    segmentPreviewQuery(app, { ...JSON.parse(settled), FacetFields: [facet], FacetLimit: 8 }),
  )
  return { ...preview, isOld: preview.isPlaceholderData || preview.isFetching || asked !== settled }
}

export type Previewed = ReturnType<typeof usePreview>

/** The size of the definition as it is being edited; the number before stays, dimmed, until the new one is there. */
export function PreviewCard({
  app,
  preview,
  unfinished,
  isErrorShownElsewhere,
  facet,
  onFacet,
}: {
  app: string
  preview: Previewed
  unfinished: number
  isErrorShownElsewhere: boolean
  facet: string
  onFacet: (facet: string) => void
}) {
  const { t } = useTranslation('builder')
  const [all] = useState({})
  const whole = useQuery(segmentPreviewQuery(app, all))
  const fields = useQuery(fieldsQuery(app))
  const { data, error } = preview
  const shown = data?.Facets?.find((one) => one.Field === facet)
  return (
    <Card title={t('preview.title')}>
      {unfinished > 0 && (
        <Text tone="soft" size="small">
          {t('preview.unfinished', { count: unfinished })}
        </Text>
      )}
      {error &&
        (isErrorShownElsewhere ? (
          <Notice tone="warn" title={t('preview.refused')} />
        ) : (
          <ErrorState error={error} onRetry={() => void preview.refetch()} />
        ))}
      {data ? (
        <Dimmed isDim={preview.isOld || error !== null}>
          <SizeFacts size={data} of={whole.data?.EndpointCount} />
        </Dimmed>
      ) : (
        !error && <Skeleton lines={5} />
      )}
      <FacetField fields={fields.data} value={facet} onChange={onFacet} />
      {data && shown && (
        <Dimmed isDim={preview.isOld}>
          <FacetChart facet={shown} title={fieldName(facet)} total={data.EndpointCount} />
        </Dimmed>
      )}
    </Card>
  )
}
