import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'
import { datasetGroupKeys, isUnderWay, kWatchMs } from './datasets'

export interface Model {
  solution: Shape<'personalize.SolutionSummary'>
  versions: readonly Shape<'personalize.SolutionVersionSummary'>[]
}

/** The solutions of a group, each with its versions, newest first. */
export const modelsQuery = (groupArn: string) =>
  queryOptions({
    queryKey: [...datasetGroupKeys.one(groupArn), 'models'],
    queryFn: async ({ signal }): Promise<Model[]> => {
      const { solutions = [] } = await answer(
        api.POST('/#AmazonPersonalize.ListSolutions', {
          body: { datasetGroupArn: groupArn, maxResults: 100 },
          signal,
        }),
      )
      return Promise.all(
        solutions.map(async (solution) => {
          const { solutionVersions = [] } = await answer(
            api.POST('/#AmazonPersonalize.ListSolutionVersions', {
              body: { solutionArn: solution.solutionArn ?? '', maxResults: 20 },
              signal,
            }),
          )
          const versions = solutionVersions.toSorted(
            (a, b) => (b.creationDateTime ?? 0) - (a.creationDateTime ?? 0),
          )
          return { solution, versions }
        }),
      )
    },
    refetchInterval: ({ state }) =>
      state.data?.some(({ versions }) => versions.some(({ status }) => isUnderWay(status)))
        ? kWatchMs
        : false,
  })

interface Training {
  groupArn: string
  name: string
  recipeArn: string
  isTuned: boolean
}

/** Makes a solution and trains its first version; the answer is that version's ARN. */
export function useTrain() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ groupArn, name, recipeArn, isTuned }: Training) => {
      const { solutionArn = '' } = await answer(
        api.POST('/#AmazonPersonalize.CreateSolution', {
          body: {
            name,
            datasetGroupArn: groupArn,
            recipeArn,
            performHPO: isTuned,
            performAutoTraining: false,
          },
        }),
      )
      return trainAgain(solutionArn)
    },
    onSuccess: (_version, { groupArn }) =>
      queryClient.invalidateQueries({ queryKey: datasetGroupKeys.one(groupArn) }),
  })
}

async function trainAgain(solutionArn: string): Promise<string> {
  const { solutionVersionArn = '' } = await answer(
    api.POST('/#AmazonPersonalize.CreateSolutionVersion', { body: { solutionArn } }),
  )
  return solutionVersionArn
}

export function useTrainAgain(groupArn: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: trainAgain,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: datasetGroupKeys.one(groupArn) }),
  })
}

/** One version as it is now; asked again while it trains. */
export const modelVersionQuery = (arn: string) =>
  queryOptions({
    queryKey: ['model-versions', arn],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.POST('/#AmazonPersonalize.DescribeSolutionVersion', {
            body: { solutionVersionArn: arn },
            signal,
          }),
        )
      ).solutionVersion ?? {},
    refetchInterval: ({ state }) => (isUnderWay(state.data?.status) ? kWatchMs : false),
  })

/** How far the training of a version is: its stage, and the share of that; nothing until it begins. */
export const trainingProgressQuery = (arn: string) =>
  queryOptions({
    queryKey: ['model-versions', arn, 'progress'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/training-progress', {
          params: { query: { 'solution-version-arn': arn } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.Status) ? kWatchMs : false),
  })

type Numbers = Record<string, number>

/** How users answered an action. */
export interface ActionAnswers {
  action: string
  viewed: number
  taken: number
  notTaken: number
  hasScores: boolean
}

/** What a report says: see training/report.h. Parts that a recipe does not have are left out. */
export interface ModelReport {
  recipe: string
  data: {
    users: number
    items?: number
    interactions: number
    density?: number
    periods?: { time: number; count: number }[]
    actions?: number
    actionsWithScores?: number
    actionInteractions?: number
    actionPeriods?: { time: number; count: number }[]
    answers?: ActionAnswers[]
  }
  metrics: Numbers
  /** By name: popularity, random, and for segments mostActive and others. */
  baselines?: Record<string, Numbers>
  learningCurve?: { share: number; metrics: Numbers }[]
  calibration?: { predicted: number; observed: number; count: number }[]
  calibrationError?: number
  influence?: { kind: string; name: string; share: number }[]
  hyperparameters?: Record<string, string>
  tuning?: { hyperparameters: Record<string, string>; value: number }[]
  modelBytes?: number
  trainingSeconds?: number
}

async function readReport(arn: string, format: 'JSON' | 'HTML', signal?: AbortSignal) {
  const query = { 'solution-version-arn': arn, format }
  return (await answer(api.GET('/rapport/v1/model-report', { params: { query }, signal }))).Content
}

export const modelReportQuery = (arn: string) =>
  queryOptions({
    queryKey: ['model-versions', arn, 'report'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => JSON.parse(await readReport(arn, 'JSON', signal)) as ModelReport,
  })

/** The whole report as one HTML file. */
export async function modelReportFile(arn: string): Promise<Blob> {
  return new Blob([await readReport(arn, 'HTML')], { type: 'text/html' })
}
