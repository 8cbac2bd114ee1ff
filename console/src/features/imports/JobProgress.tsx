import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { isJobUnderWay } from '@/api/exports'
import { failedRowsAddress, type ImportJob, importJobQuery } from '@/api/imports'
import { formatCount } from '@/lib/format'
import { Button, Link, OutsideLink } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Progress } from '@/ui/Progress'
import { Text } from '@/ui/Text'

/** How far an import is, and what came of it. */
export function JobProgress({ app, job, onAnother }: { app: string; job: string; onAnother: () => void }) {
  const { t } = useTranslation('imports')
  const query = useQuery(importJobQuery(app, job))
  return (
    <Card title={t('job.title')} actions={<Button onClick={onAnother}>{t('another')}</Button>}>
      <Loaded query={query}>
        {(shown) =>
          isJobUnderWay(shown.JobStatus) ? <Running job={shown} /> : <Ended app={app} job={shown} />
        }
      </Loaded>
    </Card>
  )
}

function Running({ job }: { job: ImportJob }) {
  const { t } = useTranslation('imports')
  const { CompletedPieces: done = 0, TotalPieces: total = 0, TotalProcessed: processed = 0 } = job
  return (
    <>
      <Progress
        label={t('job.running')}
        share={total > 0 ? done / total : undefined}
        detail={t('job.processed', { number: formatCount(processed) })}
      />
      <Text tone="soft">{t('job.leave')}</Text>
    </>
  )
}

function Ended({ app, job }: { app: string; job: ImportJob }) {
  const { t } = useTranslation('imports')
  const failures = job.TotalFailures ?? 0
  const imported = (job.TotalProcessed ?? 0) - failures
  const isFailed = job.JobStatus === 'FAILED'
  const segment = job.Definition.SegmentId
  return (
    <>
      <Notice
        tone={isFailed ? 'bad' : failures > 0 ? 'warn' : 'good'}
        title={
          isFailed
            ? t('job.failed')
            : failures > 0
              ? t('job.partly', { imported: formatCount(imported), failures: formatCount(failures) })
              : t('job.done', { number: formatCount(imported) })
        }
      >
        {(job.Failures ?? []).slice(0, 10).map((failure) => (
          <Text key={failure} size="small">
            {failure}
          </Text>
        ))}
      </Notice>
      <Row>
        {failures > 0 && <FailedRows app={app} job={job.Id} />}
        {segment && !isFailed && (
          <Link look="secondary" to="/apps/$app/segments/$segment" params={{ app, segment }}>
            {t('job.segment')}
          </Link>
        )}
        <Link look="secondary" to="/apps/$app/people" params={{ app }}>
          {t('job.people')}
        </Link>
      </Row>
    </>
  )
}

export function FailedRows({ app, job }: { app: string; job: string }) {
  const { t } = useTranslation('imports')
  return (
    <OutsideLink look="secondary" href={failedRowsAddress(app, job)} download={`failed-rows-${job}.csv`}>
      {t('job.failedRows')}
    </OutsideLink>
  )
}
