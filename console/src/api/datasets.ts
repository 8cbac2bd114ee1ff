import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

/** Resources of Personalize go from CREATE PENDING over CREATE IN_PROGRESS to ACTIVE or CREATE FAILED. */
export function isUnderWay(status: string | undefined): boolean {
  return status !== undefined && (status.endsWith('PENDING') || status.endsWith('IN_PROGRESS'))
}
/** How often what is under way is looked at again. */
export const kWatchMs = 1_000

/** The last part of an ARN, by which people know the resource. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1)
}
/** The ARN of a neighbour in the same account: `solution/taste` beside a group. */
export function neighbourArn(arn: string, resource: string): string {
  return `${arn.split(':').slice(0, 5).join(':')}:${resource}`
}

export const datasetGroupKeys = {
  all: ['dataset-groups'] as const,
  one: (arn: string) => ['dataset-groups', arn] as const,
}

export const datasetGroupsQuery = () =>
  queryOptions({
    queryKey: datasetGroupKeys.all,
    queryFn: async ({ signal }) =>
      (await answer(api.POST('/#AmazonPersonalize.ListDatasetGroups', { body: { maxResults: 100 }, signal })))
        .datasetGroups ?? [],
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => isUnderWay(status)) ? kWatchMs : false),
  })

export function useCreateDatasetGroup() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Shape<'personalize.CreateDatasetGroupRequest'>) =>
      answer(api.POST('/#AmazonPersonalize.CreateDatasetGroup', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: datasetGroupKeys.all }),
  })
}

export interface DatasetFacts {
  dataset: Shape<'personalize.DatasetSummary'>
  columns: readonly string[]
  imports: readonly Shape<'personalize.DatasetImportJobSummary'>[]
}

/** The data sets of a group with their columns and imports, newest first. */
export const datasetsQuery = (groupArn: string) =>
  queryOptions({
    queryKey: [...datasetGroupKeys.one(groupArn), 'datasets'],
    queryFn: async ({ signal }): Promise<DatasetFacts[]> => {
      const { datasets = [] } = await answer(
        api.POST('/#AmazonPersonalize.ListDatasets', { body: { datasetGroupArn: groupArn }, signal }),
      )
      return Promise.all(datasets.map((dataset) => factsOf(dataset, signal)))
    },
    refetchInterval: ({ state }) =>
      state.data?.some((facts) => facts.imports.some(({ status }) => isUnderWay(status))) ? kWatchMs : false,
  })

async function factsOf(
  dataset: Shape<'personalize.DatasetSummary'>,
  signal: AbortSignal,
): Promise<DatasetFacts> {
  const datasetArn = dataset.datasetArn ?? ''
  const [described, jobs] = await Promise.all([
    answer(api.POST('/#AmazonPersonalize.DescribeDataset', { body: { datasetArn }, signal })),
    answer(api.POST('/#AmazonPersonalize.ListDatasetImportJobs', { body: { datasetArn }, signal })),
  ])
  const schemaArn = described.dataset?.schemaArn ?? ''
  const { schema } = await answer(
    api.POST('/#AmazonPersonalize.DescribeSchema', { body: { schemaArn }, signal }),
  )
  const fields = (JSON.parse(schema?.schema ?? '{}') as { fields?: { name: string }[] }).fields ?? []
  const newestFirst = [...(jobs.datasetImportJobs ?? [])].sort(
    (a, b) => (b.creationDateTime ?? 0) - (a.creationDateTime ?? 0),
  )
  return { dataset, columns: fields.map(({ name }) => name), imports: newestFirst }
}

interface ImportFile {
  groupArn: string
  type: string
  /** An Avro schema as Personalize wants it; needed for the first file of a type. */
  schema: string
  datasetArn?: string
  s3Url: string
}

/** Imports an uploaded CSV file; makes the schema and the data set when the group has none of the type. */
export function useImportDataset() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ groupArn, type, schema, datasetArn, s3Url }: ImportFile) => {
      const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
      const base = `${nameOfArn(groupArn)}-${type.toLowerCase()}`.slice(0, 45)
      const arn = datasetArn ?? (await createDataset({ groupArn, type, schema, name: `${base}-${stamp}` }))
      return answer(
        api.POST('/#AmazonPersonalize.CreateDatasetImportJob', {
          body: { jobName: `${base}-${stamp}`, datasetArn: arn, dataSource: { dataLocation: s3Url } },
        }),
      )
    },
    onSettled: (_data, _error, { groupArn }) =>
      queryClient.invalidateQueries({ queryKey: datasetGroupKeys.one(groupArn) }),
  })
}

async function createDataset(made: {
  groupArn: string
  type: string
  schema: string
  name: string
}): Promise<string> {
  const { schemaArn = '' } = await answer(
    api.POST('/#AmazonPersonalize.CreateSchema', { body: { name: made.name, schema: made.schema } }),
  )
  const { datasetArn = '' } = await answer(
    api.POST('/#AmazonPersonalize.CreateDataset', {
      body: { name: made.name, schemaArn, datasetGroupArn: made.groupArn, datasetType: made.type },
    }),
  )
  return datasetArn
}
