import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type DatasetFacts, datasetsQuery } from '@/api/datasets'
import { useMay } from '@/api/session'
import { formatAgo } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Card } from '@/ui/Card'
import { Grid, Row, Stack } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { EmptyState } from '@/ui/States'
import { List } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { ImportCard } from './ImportCard'
import { StatusBadge } from './status'

/** The data sets of a group, and the way for more data in. */
export function DataTab({ groupArn }: { groupArn: string }) {
  const { t } = useTranslation('learning')
  const datasets = useQuery(datasetsQuery(groupArn))
  const may = useMay()
  return (
    <Stack>
      <List listing={datasets} empty={<EmptyState title={t('data.empty')} hint={t('data.emptyHint')} />}>
        {(all) => (
          <Grid columns={3}>
            {all.map((facts) => (
              <DatasetCard key={facts.dataset.datasetArn} facts={facts} />
            ))}
          </Grid>
        )}
      </List>
      {may('personalize.CreateDatasetImportJob') && (
        <ImportCard groupArn={groupArn} datasets={datasets.data ?? []} />
      )}
    </Stack>
  )
}

function DatasetCard({ facts }: { facts: DatasetFacts }) {
  const { t } = useTranslation('learning')
  const newest = facts.imports[0]
  return (
    <Card
      title={t(`type.${facts.dataset.datasetType?.toUpperCase()}`)}
      actions={<StatusBadge status={newest?.status} />}
    >
      <Row>
        {facts.columns.map((column) => (
          <Badge key={column}>{column}</Badge>
        ))}
      </Row>
      {newest ? (
        <Text tone="soft" size="small">
          {t('data.lastImport', {
            ago: formatAgo((newest.creationDateTime ?? 0) * 1000),
            count: facts.imports.length,
          })}
        </Text>
      ) : (
        <Text tone="soft">{t('data.noImport')}</Text>
      )}
      {newest?.failureReason && (
        <Notice tone="bad" title={t('data.importFailed')}>
          {newest.failureReason}
        </Notice>
      )}
    </Card>
  )
}
