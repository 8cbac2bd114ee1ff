import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type DatasetFacts, useImportDataset } from '@/api/datasets'
import { uploadFile } from '@/api/uploads'
import { formatBytes, formatShare } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { FileField, SelectField } from '@/ui/Field'
import { Row } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { Progress } from '@/ui/Progress'
import { ErrorState } from '@/ui/States'
import { Table } from '@/ui/Table'
import { type DatasetType, guessType, kDatasetTypes, missingColumns, readCsv, schemaOf } from './schema'

const kLookedAtBytes = 64 * 1024
const kPreviewRows = 5

interface Chosen {
  file: File
  type: DatasetType
  columns: string[]
  rows: string[][]
}

async function lookAt(file: File): Promise<Chosen> {
  const [columns = [], ...rows] = readCsv(await file.slice(0, kLookedAtBytes).text(), 200)
  return { file, columns, rows, type: guessType(columns) }
}

/** Takes a CSV file: shows what is in it, and imports it. */
export function ImportCard({ groupArn, datasets }: { groupArn: string; datasets: readonly DatasetFacts[] }) {
  const { t } = useTranslation('learning')
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [sent, setSent] = useState(0)
  const importDataset = useImportDataset()
  const send = useMutation({
    mutationFn: async ({ file, type, columns, rows }: Chosen) => {
      const { S3Url = '' } = await uploadFile(file, setSent)
      const datasetArn = datasets.find(
        ({ dataset }) => dataset.datasetType?.toUpperCase() === type.toUpperCase(),
      )?.dataset.datasetArn
      await importDataset.mutateAsync({
        groupArn,
        type,
        schema: schemaOf(type, columns, rows),
        datasetArn,
        s3Url: S3Url,
      })
    },
    onSuccess: () => setChosen(null),
  })
  const missing = chosen ? missingColumns(chosen.type, chosen.columns) : []

  return (
    <Card title={t('import.title')} hint={t('import.hint')}>
      <FileField
        label={t('import.file')}
        accept=".csv,text/csv"
        onFile={async (file) => {
          setSent(0)
          send.reset()
          setChosen(await lookAt(file))
        }}
      />
      {chosen && (
        <>
          <SelectField
            label={t('import.type')}
            value={chosen.type}
            onChange={(event) => setChosen({ ...chosen, type: event.target.value as DatasetType })}
            options={kDatasetTypes.map((type) => [type, t(`type.${type.toUpperCase()}`)])}
          />
          <Table<{ cells: string[]; line: number }>
            label={t('import.preview', { file: chosen.file.name, size: formatBytes(chosen.file.size) })}
            items={chosen.rows.slice(0, kPreviewRows).map((cells, line) => ({ cells, line }))}
            keyOf={({ line }) => String(line)}
            columns={chosen.columns.map((column, index) => ({
              key: `${column}-${index}`,
              title: column,
              cell: ({ cells }) => cells[index],
            }))}
          />
          {missing.length > 0 && (
            <Notice tone="warn" title={t('import.missing', { columns: missing.join(', ') })}>
              {t('import.missingHint')}
            </Notice>
          )}
          {send.isPending && (
            <Progress label={t('import.sending')} share={sent} detail={formatShare(sent, 0)} />
          )}
          {send.error && <ErrorState error={send.error} />}
          <Row justify="end">
            <Button onClick={() => setChosen(null)}>{t('words:cancel')}</Button>
            <Button
              look="primary"
              disabled={missing.length > 0}
              isBusy={send.isPending}
              onClick={() => send.mutate(chosen)}
            >
              {t('import.start')}
            </Button>
          </Row>
        </>
      )}
    </Card>
  )
}
