import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Export,
  exportFileAddress,
  exportFilesQuery,
  isJobUnderWay,
  segmentExportsQuery,
  useCreateExport,
} from '@/api/exports'
import { useMay } from '@/api/session'
import { formatBytes, formatCount, formatMoment } from '@/lib/format'
import { Button, OutsideLink } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Choice } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Progress } from '@/ui/Progress'
import { List, Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import type { TabProps } from '../SegmentPage'

/** Writes the members into files, shows how far that is, and gives the files. */
export function ExportTab({ app, segment }: TabProps) {
  const { t } = useTranslation('segments')
  const may = useMay()
  const exports = useQuery(segmentExportsQuery(app, segment.Id))
  return (
    <Stack>
      {may('rapport.CreateExport') && <StartExport app={app} segment={segment.Id} />}
      <Card title={t('export.earlier')}>
        <List listing={exports} empty={<Text tone="soft">{t('export.none')}</Text>}>
          {(items) => (
            <Stack>
              {items.map((item) => (
                <OneExport key={item.Id} app={app} item={item} />
              ))}
            </Stack>
          )}
        </List>
      </Card>
    </Stack>
  )
}

function StartExport({ app, segment }: { app: string; segment: string }) {
  const { t } = useTranslation('segments')
  const create = useCreateExport(app)
  const [format, setFormat] = useState<'JSON' | 'PARQUET'>('JSON')
  return (
    <Card hint={t('export.hint')} title={t('tabs.export')}>
      <Form
        error={create.error}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({
            Format: format,
            SegmentId: segment,
            S3UrlPrefix: `s3://rapport-exports/${app}/${segment}/`,
          })
        }}
        buttons={
          <Button type="submit" look="primary" isBusy={create.isPending}>
            {t('export.start')}
          </Button>
        }
      >
        <Choice
          label={t('export.format')}
          value={format}
          onChange={setFormat}
          options={(['JSON', 'PARQUET'] as const).map((value) => ({
            value,
            label: t(`export.formats.${value}`),
          }))}
        />
      </Form>
    </Card>
  )
}

function OneExport({ app, item }: { app: string; item: Export }) {
  const { t } = useTranslation('segments')
  if (isJobUnderWay(item.JobStatus)) {
    const { CompletedPieces: done = 0, TotalPieces: total = 0 } = item
    return (
      <Stack gap="small">
        <Progress
          label={t('export.running')}
          share={total > 0 ? done / total : undefined}
          detail={t('export.written', { number: formatCount(item.TotalProcessed ?? 0) })}
        />
        <Text tone="soft" size="small">
          {t('export.leave')}
        </Text>
      </Stack>
    )
  }
  if (item.JobStatus === 'FAILED') {
    return (
      <Notice tone="bad" title={`${t('export.failed')} (${formatMoment(item.CreationDate)})`}>
        {item.Failures?.map((failure) => (
          <Text key={failure}>{failure}</Text>
        ))}
      </Notice>
    )
  }
  return <Files app={app} item={item} />
}

function Files({ app, item }: { app: string; item: Export }) {
  const { t } = useTranslation('segments')
  const files = useQuery(exportFilesQuery(app, item.Id))
  return (
    <Stack gap="small">
      <Text strong>{t('export.done', { date: formatMoment(item.CreationDate) })}</Text>
      <Loaded query={files}>
        {(list) => (
          <Table
            label={t('export.files')}
            items={list}
            keyOf={(file) => file.FileName}
            columns={[
              {
                key: 'file',
                title: t('export.file'),
                cell: (file) => (
                  <OutsideLink
                    href={exportFileAddress(app, item.Id, file.FileName)}
                    download={file.FileName}
                    aria-label={t('export.download', { name: file.FileName })}
                  >
                    {file.FileName}
                  </OutsideLink>
                ),
              },
              {
                key: 'bytes',
                title: t('export.bytes'),
                isNumber: true,
                cell: (file) => formatBytes(file.Bytes),
              },
            ]}
          />
        )}
      </Loaded>
    </Stack>
  )
}
