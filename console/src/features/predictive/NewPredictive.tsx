import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { datasetGroupsQuery, datasetsQuery } from '@/api/datasets'
import { useCreatePredictiveSegment } from '@/api/predictive'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'

interface Values {
  name: string
  group: string
  column: string
  value: string
  size: string
  refresh: string
}

/** `ITEMS.GENRES = "Action"`, as the attribute query language writes it. */
export function attributeQuery(column: string, value: string): string {
  return `ITEMS.${column} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The users most likely to want items of a kind, as a segment that is kept up to date. */
export function NewPredictive({ app, group, solution }: { app: string; group?: string; solution?: string }) {
  const { t } = useTranslation('predictive')
  const groups = useQuery(datasetGroupsQuery())
  return (
    <Page title={t('new.title')} hint={t('new.hint')}>
      <Loaded query={groups}>
        {(all) => {
          const arns = all.map(({ datasetGroupArn, name }) => [datasetGroupArn ?? '', name ?? ''] as const)
          const first = arns[0]
          if (!first) return <EmptyState title={t('new.noGroup')} hint={t('new.noGroupHint')} />
          return <PredictiveForm app={app} groups={arns} group={group ?? first[0]} solution={solution} />
        }}
      </Loaded>
    </Page>
  )
}

interface PredictiveFormProps {
  app: string
  groups: readonly (readonly [arn: string, name: string])[]
  group: string
  solution?: string
}

function PredictiveForm({ app, groups, group, solution }: PredictiveFormProps) {
  const { t } = useTranslation('predictive')
  const navigate = useNavigate()
  const create = useCreatePredictiveSegment(app)
  const form = useForm<Values>({
    defaultValues: { name: '', group, column: '', value: '', size: '1000', refresh: 'rate(1 day)' },
  })
  const chosen = form.watch('group')
  const datasets = useQuery(datasetsQuery(chosen))
  const columns =
    datasets.data
      ?.find(({ dataset }) => dataset.datasetType?.toUpperCase() === 'ITEMS')
      ?.columns.filter((column) => column !== 'ITEM_ID' && column !== 'CREATION_TIMESTAMP') ?? []

  const submit = form.handleSubmit((values) =>
    create.mutate(
      {
        Name: values.name,
        AttributeQuery: attributeQuery(values.column || (columns[0] ?? ''), values.value),
        Size: Number(values.size),
        ...(solution && values.group === group
          ? { SolutionArn: solution }
          : { DatasetGroupArn: values.group }),
        ...(values.refresh ? { RefreshSchedule: values.refresh } : {}),
      },
      {
        onSuccess: () =>
          void navigate({ to: '/apps/$app/segments/predictive', params: { app }, ignoreBlocker: true }),
      },
    ),
  )
  const { errors } = form.formState
  return (
    <Card>
      <Form
        error={create.error}
        isChanged={form.formState.isDirty}
        onSubmit={submit}
        buttons={
          <Button look="primary" type="submit" isBusy={create.isPending}>
            {t('new.submit')}
          </Button>
        }
      >
        <TextField
          label={t('words:name')}
          error={errors.name && t('new.nameMissing')}
          {...form.register('name', { required: true })}
        />
        <SelectField label={t('new.group')} options={groups} {...form.register('group')} />
        <Row align="start" gap="medium">
          <SelectField
            label={t('new.column')}
            options={columns.map((column) => [column, column])}
            {...form.register('column')}
          />
          <TextField
            label={t('new.value')}
            hint={t('new.valueHint')}
            error={errors.value && t('new.valueMissing')}
            {...form.register('value', { required: true })}
          />
        </Row>
        <Row align="start" gap="medium">
          <TextField
            label={t('new.size')}
            type="number"
            min={1}
            error={errors.size && t('new.sizeWrong')}
            {...form.register('size', { required: true, min: 1, pattern: /^\d+$/ })}
          />
          <SelectField
            label={t('new.refresh')}
            options={[
              ['rate(1 day)', t('new.daily')],
              ['rate(7 days)', t('new.weekly')],
              ['', t('new.never')],
            ]}
            {...form.register('refresh')}
          />
        </Row>
      </Form>
    </Card>
  )
}
