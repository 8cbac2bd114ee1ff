import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type ImportJob, importJobsQuery, kJobsPerPage } from '@/api/imports'
import { formatCount, formatMoment } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { Stack } from '@/ui/Layout'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Heading } from '@/ui/Text'
import { TokenPager } from '@/ui/TokenPager'
import type { ImportsSearch } from './ImportsPage'
import { FailedRows } from './JobProgress'

function toneOf({ JobStatus, TotalFailures = 0 }: ImportJob): BadgeTone {
  if (JobStatus === 'FAILED') return 'bad'
  if (JobStatus !== 'COMPLETED') return 'accent'
  return TotalFailures > 0 ? 'warn' : 'good'
}

function stateOf({ JobStatus, TotalFailures = 0 }: ImportJob): string {
  if (JobStatus === 'FAILED') return 'failed'
  if (JobStatus !== 'COMPLETED') return 'running'
  return TotalFailures > 0 ? 'partly' : 'done'
}

/** The imports there were, with what came of each. */
export function JobList({
  app,
  search,
  onSearch,
}: {
  app: string
  search: ImportsSearch
  onSearch: (search: ImportsSearch) => void
}) {
  const { t } = useTranslation('imports')
  const jobs = useQuery(importJobsQuery(app, search.pages?.at(-1)))
  return (
    <Stack gap="small">
      <Heading>{t('earlier')}</Heading>
      <List
        listing={{ ...jobs, data: jobs.data?.Item }}
        empty={<EmptyState title={t('none')} hint={t('noneHint')} />}
      >
        {(items) => (
          <>
            <Table
              label={t('earlier')}
              items={items}
              keyOf={(job) => job.Id}
              columns={[
                { key: 'started', title: t('started'), cell: (job) => formatMoment(job.CreationDate) },
                {
                  key: 'status',
                  title: t('words:status'),
                  cell: (job) => <Badge tone={toneOf(job)}>{t(`states.${stateOf(job)}`)}</Badge>,
                },
                {
                  key: 'rows',
                  title: t('rows'),
                  isNumber: true,
                  cell: (job) => formatCount(job.TotalProcessed ?? 0),
                },
                {
                  key: 'failures',
                  title: t('failures'),
                  isNumber: true,
                  cell: (job) => formatCount(job.TotalFailures ?? 0),
                },
                {
                  key: 'segment',
                  title: t('segment'),
                  cell: ({ Definition }) =>
                    Definition.SegmentId ? (
                      <Link to="/apps/$app/segments/$segment" params={{ app, segment: Definition.SegmentId }}>
                        {Definition.SegmentName ?? Definition.SegmentId}
                      </Link>
                    ) : (
                      '–'
                    ),
                },
                {
                  key: 'failedRows',
                  title: t('words:actions'),
                  cell: (job) => ((job.TotalFailures ?? 0) > 0 ? <FailedRows app={app} job={job.Id} /> : '–'),
                },
              ]}
            />
            <TokenPager
              pages={search.pages}
              pageSize={kJobsPerPage}
              shown={items.length}
              nextToken={jobs.data?.NextToken}
              onPages={(pages) => onSearch({ pages })}
            />
          </>
        )}
      </List>
    </Stack>
  )
}
