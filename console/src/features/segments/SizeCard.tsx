import { useTranslation } from 'react-i18next'
import type { SegmentPreview } from '@/api/segmentPreview'
import type { SegmentSize } from '@/api/segments'
import { formatCount, formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { BigNumber } from '@/ui/BigNumber'
import { Facts } from '@/ui/Text'

type Size = Pick<
  SegmentPreview & SegmentSize,
  'EndpointCount' | 'UserCount' | 'ReachableEndpointCount' | 'ReachableByChannel'
>

/** How many endpoints and users, how many of them can be reached, and over which channels. */
export function SizeFacts({ size, of }: { size: Size; of?: number }) {
  const { t } = useTranslation('segments')
  const channels = Object.entries(size.ReachableByChannel ?? {}).sort((a, b) => b[1] - a[1])
  return (
    <>
      <BigNumber
        value={formatCount(size.EndpointCount)}
        unit={t('endpointsUnit', { count: size.EndpointCount })}
        note={of ? t('shareOfAll', { share: formatShare(size.EndpointCount / of) }) : undefined}
      />
      <Facts
        facts={[
          [t('users'), formatCount(size.UserCount)],
          [
            t('reachable'),
            size.EndpointCount > 0
              ? `${formatCount(size.ReachableEndpointCount)} (${formatShare(size.ReachableEndpointCount / size.EndpointCount)})`
              : formatCount(size.ReachableEndpointCount),
          ],
        ]}
      />
      {channels.length > 0 && (
        <BarChart
          title={t('reachableByChannel')}
          valueName={t('endpoints')}
          bars={channels.map(([label, value]) => ({ label, value }))}
        />
      )}
    </>
  )
}
