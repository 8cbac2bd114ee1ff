import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isUnderWay, nameOfArn } from '@/api/datasets'
import { type Model, modelsQuery, useTrainAgain } from '@/api/models'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Row, Stack } from '@/ui/Layout'
import { EmptyState, ErrorState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { asksFor, recipeNameOf } from './recipes'
import { StatusBadge } from './status'
import { TrainDialog } from './TrainDialog'
import { TrainingProgress } from './TrainingProgress'

/** The models of a group, and the way to train one. */
export function ModelsTab({ app, groupArn }: { app: string; groupArn: string }) {
  const { t } = useTranslation('learning')
  const models = useQuery(modelsQuery(groupArn))
  const may = useMay()
  const [isTraining, setTraining] = useState(false)
  const train = may('personalize.CreateSolution') && (
    <Button look="primary" onClick={() => setTraining(true)}>
      {t('models.train')}
    </Button>
  )
  return (
    <Stack>
      <Row justify="end">{train}</Row>
      <List listing={models} empty={<EmptyState title={t('models.empty')} hint={t('models.emptyHint')} />}>
        {(all) => (
          <Stack>
            {all.map((model) => (
              <ModelCard key={model.solution.solutionArn} app={app} groupArn={groupArn} model={model} />
            ))}
          </Stack>
        )}
      </List>
      <TrainDialog groupArn={groupArn} isOpen={isTraining} onClose={() => setTraining(false)} />
    </Stack>
  )
}

interface ModelCardProps {
  app: string
  groupArn: string
  model: Model
}

function ModelCard({ app, groupArn, model }: ModelCardProps) {
  const { t } = useTranslation('learning')
  const may = useMay()
  const trainAgain = useTrainAgain(groupArn)
  const { solution, versions } = model
  const recipe = recipeNameOf(solution.recipeArn)
  const group = nameOfArn(groupArn)
  const training = versions.find(({ status }) => isUnderWay(status))
  const isReady = versions.some(({ status }) => status === 'ACTIVE')
  return (
    <Card
      title={solution.name}
      hint={t(`recipe.${recipe}.name`, { defaultValue: recipe })}
      actions={
        <>
          {isReady && asksFor(recipe) === 'segments' && may('rapport.CreatePredictiveSegment') && (
            <Link
              look="primary"
              to="/apps/$app/segments/predictive/new"
              params={{ app }}
              search={{ group: groupArn, solution: solution.solutionArn }}
            >
              {t('models.makeSegment')}
            </Link>
          )}
          {isReady && asksFor(recipe) !== 'segments' && (
            <Link
              look="secondary"
              to="/apps/$app/learning/$group"
              params={{ app, group }}
              search={{ tab: 'try', solution: solution.solutionArn }}
            >
              {t('models.try')}
            </Link>
          )}
          {may('personalize.CreateSolutionVersion') && (
            <Button
              isBusy={trainAgain.isPending}
              disabled={training !== undefined}
              onClick={() => trainAgain.mutate(solution.solutionArn ?? '')}
            >
              {t('models.again')}
            </Button>
          )}
        </>
      }
    >
      {training && <TrainingProgress arn={training.solutionVersionArn ?? ''} />}
      {trainAgain.error && <ErrorState error={trainAgain.error} />}
      <Table
        label={t('models.versions', { name: solution.name })}
        items={versions}
        keyOf={(version) => version.solutionVersionArn ?? ''}
        columns={[
          {
            key: 'trained',
            title: t('models.trained'),
            cell: (version) => (
              <Link
                to="/apps/$app/learning/$group/models/$solution/$version"
                params={{
                  app,
                  group,
                  solution: solution.name ?? '',
                  version: versionOf(version.solutionVersionArn),
                }}
              >
                {formatMoment((version.creationDateTime ?? 0) * 1000)}
              </Link>
            ),
          },
          {
            key: 'status',
            title: t('words:status'),
            cell: (version) => <StatusBadge status={version.status} />,
          },
          {
            key: 'why',
            title: t('models.note'),
            cell: (version) => (version.failureReason ? <Text tone="bad">{version.failureReason}</Text> : ''),
          },
        ]}
      />
    </Card>
  )
}

function versionOf(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? ''
}
