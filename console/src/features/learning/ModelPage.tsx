import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { isUnderWay } from '@/api/datasets'
import { modelReportFile, modelReportQuery, modelVersionQuery } from '@/api/models'
import { downloadFile } from '@/lib/download'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { ModelReportView } from './ModelReportView'
import { recipeNameOf } from './recipes'
import { TrainingProgress } from './TrainingProgress'

/** One trained model: how good it is and what drives it. */
export function ModelPage({ arn, name }: { arn: string; name: string }) {
  const { t } = useTranslation('learning')
  const version = useQuery(modelVersionQuery(arn))
  return (
    <Loaded query={version}>
      {({ status, recipeArn, creationDateTime, failureReason }) => {
        const recipe = recipeNameOf(recipeArn)
        return (
          <Page
            title={name}
            hint={`${t(`recipe.${recipe}.name`, { defaultValue: recipe })} · ${formatMoment((creationDateTime ?? 0) * 1000)}`}
            actions={
              status === 'ACTIVE' && (
                <Button onClick={async () => downloadFile(`${name}.html`, await modelReportFile(arn))}>
                  {t('report.download')}
                </Button>
              )
            }
          >
            {isUnderWay(status) && <TrainingProgress arn={arn} />}
            {failureReason && (
              <Notice tone="bad" title={t('status.failed')}>
                {failureReason}
              </Notice>
            )}
            {status === 'ACTIVE' && <Report arn={arn} />}
          </Page>
        )
      }}
    </Loaded>
  )
}

function Report({ arn }: { arn: string }) {
  const report = useQuery(modelReportQuery(arn))
  return <Loaded query={report}>{(data) => <ModelReportView report={data} />}</Loaded>
}
