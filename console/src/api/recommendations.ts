import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { isUnderWay, kWatchMs } from './datasets'

const kCampaignsKey = (solutionArn: string) => ['recommendation-campaigns', solutionArn] as const

/** The campaigns that serve a solution's versions. */
export const recommendationCampaignsQuery = (solutionArn: string) =>
  queryOptions({
    queryKey: kCampaignsKey(solutionArn),
    queryFn: async ({ signal }) =>
      (await answer(api.POST('/#AmazonPersonalize.ListCampaigns', { body: { solutionArn }, signal })))
        .campaigns ?? [],
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => isUnderWay(status)) ? kWatchMs : false),
  })

export function useServeModel(solutionArn: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ name, solutionVersionArn }: { name: string; solutionVersionArn: string }) =>
      answer(api.POST('/#AmazonPersonalize.CreateCampaign', { body: { name, solutionVersionArn } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kCampaignsKey(solutionArn) }),
  })
}

/** What a campaign recommends: `actions` for next best action, `ranking` never, items otherwise. */
export interface Question {
  campaignArn: string
  userId: string
  itemId?: string
  what: 'items' | 'actions'
}

interface Recommended {
  id: string
  score?: number
  reasons: readonly string[]
}

export const recommendedQuery = (question: Question) =>
  queryOptions({
    queryKey: ['recommended', question],
    queryFn: async ({ signal }): Promise<Recommended[]> => {
      const { campaignArn, userId, itemId } = question
      if (question.what === 'actions') {
        const { actionList = [] } = await answer(
          api.POST('/action-recommendations', { body: { campaignArn, userId, numResults: 10 }, signal }),
        )
        return actionList.map((action) => ({ id: action.actionId ?? '', score: action.score, reasons: [] }))
      }
      const { itemList = [] } = await answer(
        api.POST('/recommendations', {
          body: { campaignArn, userId, itemId: itemId || undefined, numResults: 10 },
          signal,
        }),
      )
      return itemList.map((item) => ({
        id: item.itemId ?? '',
        score: item.score,
        reasons: item.reason ?? [],
      }))
    },
  })

/** Why this item or action, for this user. */
export const explanationQuery = (question: Question, id: string) =>
  queryOptions({
    queryKey: ['recommended', question, 'why', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/rapport/v1/recommendations/explanation', {
          body: {
            CampaignArn: question.campaignArn,
            UserId: question.userId,
            ...(question.what === 'actions' ? { ActionId: id } : { ItemId: id }),
            ...(question.itemId ? { RelatedItemId: question.itemId } : {}),
            MaxReasons: 5,
          },
          signal,
        }),
      ),
  })
