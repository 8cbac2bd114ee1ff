import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { appKeys } from '@/api/apps'
import { sampleQuery, useLoadSample } from '@/api/sample'
import { formatShare } from '@/lib/format'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Row } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { Progress } from '@/ui/Progress'
import { ErrorState } from '@/ui/States'

/** Loads Bingewatch, a made-up streaming service, to look around in. */
export function SampleCard() {
  const { t } = useTranslation('apps')
  const queryClient = useQueryClient()
  const sample = useQuery(sampleQuery())
  const load = useLoadSample()
  const state = sample.data?.State
  const isReady = state === 'READY'
  const isWorking = state === 'PENDING' || state === 'RUNNING'

  useEffect(() => {
    if (isReady) void queryClient.invalidateQueries({ queryKey: appKeys.all })
  }, [isReady, queryClient])

  return (
    <Card title={t('sample.title')} hint={t('sample.hint')}>
      {load.error && <ErrorState error={load.error} />}
      {state === 'FAILED' && (
        <Notice tone="bad" title={t('sample.failed')}>
          {sample.data?.FailureReason}
        </Notice>
      )}
      {isWorking && sample.data && (
        <Progress
          label={t(`sample.step.${sample.data.Step}`)}
          share={sample.data.Progress}
          detail={formatShare(sample.data.Progress, 0)}
        />
      )}
      <Row>
        {isReady && sample.data?.ApplicationId ? (
          <Link look="primary" to="/apps/$app" params={{ app: sample.data.ApplicationId }}>
            {t('sample.open')}
          </Link>
        ) : (
          !isWorking && (
            <Button isBusy={load.isPending} onClick={() => load.mutate()}>
              {t('sample.load')}
            </Button>
          )
        )}
      </Row>
    </Card>
  )
}
