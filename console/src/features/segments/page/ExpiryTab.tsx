import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { segmentExpiryQuery, useSetSegmentExpiry } from '@/api/segmentQuestions'
import { useMay } from '@/api/session'
import { formatAgo, formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Notice } from '@/ui/Notice'
import { ErrorState, Skeleton } from '@/ui/States'
import { Text } from '@/ui/Text'
import type { TabProps } from '../SegmentPage'

/** When the segment goes by itself. */
export function ExpiryTab({ app, segment }: TabProps) {
  const { t } = useTranslation('segments')
  const may = useMay()
  const expiry = useQuery(segmentExpiryQuery(app, segment.Id))
  const set = useSetSegmentExpiry(app, segment.Id)
  const [typed, setTyped] = useState('')
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (expiry.error) return <ErrorState error={expiry.error} onRetry={() => void expiry.refetch()} />
  if (expiry.data === undefined) return <Skeleton />
  const date = expiry.data?.ExpirationDate
  return (
    <Card title={t('tabs.expiry')} hint={t('expiry.hint')}>
      {date ? (
        <Notice tone="warn" title={t('expiry.at', { moment: formatMoment(date) })}>
          {formatAgo(date)}
        </Notice>
      ) : (
        <Text>{t('expiry.none')}</Text>
      )}
      {may('rapport.PutSegmentExpiry') && (
        <Form
          error={set.error}
          onSubmit={(event) => {
            event.preventDefault()
            set.mutate(new Date(typed).toISOString(), { onSuccess: () => setTyped('') })
          }}
          buttons={
            <>
              {date && (
                <Button isBusy={set.isPending} onClick={() => set.mutate(null)}>
                  {t('expiry.clear')}
                </Button>
              )}
              <Button type="submit" look="primary" isBusy={set.isPending} disabled={typed === ''}>
                {t('expiry.set')}
              </Button>
            </>
          }
        >
          <TextField
            label={t('expiry.label')}
            hint={t('expiry.zone', { zone })}
            type="datetime-local"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Form>
      )}
    </Card>
  )
}
