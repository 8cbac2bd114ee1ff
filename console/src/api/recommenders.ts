import { queryOptions } from '@tanstack/react-query'
import { answer, api } from './client'

/** What recommends: a campaign of items or of actions. */
export interface Recommending {
  arn: string
  name: string
  what: 'items' | 'actions'
}

/** The campaigns that answer for a user alone, each with what it recommends. */
export const recommendingQuery = () =>
  queryOptions({
    queryKey: ['recommendation-campaigns', 'for-a-user'],
    queryFn: async ({ signal }): Promise<Recommending[]> => {
      const { campaigns = [] } = await answer(
        api.POST('/#AmazonPersonalize.ListCampaigns', { body: { maxResults: 100 }, signal }),
      )
      const active = campaigns.filter(({ status }) => status === 'ACTIVE')
      const recipes = await Promise.all(active.map(({ campaignArn }) => recipeOf(campaignArn ?? '', signal)))
      return active.flatMap(({ campaignArn: arn = '', name = '' }, at) => {
        const recipe = recipes[at] ?? ''
        // Those about an item, and those that put a given list in order, cannot be asked for a user alone.
        if (/similar-items|sims|ranking|affinity/.test(recipe)) return []
        return [{ arn, name, what: /next-best-action/.test(recipe) ? 'actions' : 'items' }]
      })
    },
  })

async function recipeOf(campaignArn: string, signal: AbortSignal): Promise<string> {
  const { campaign } = await answer(
    api.POST('/#AmazonPersonalize.DescribeCampaign', { body: { campaignArn }, signal }),
  )
  const solutionVersionArn = campaign?.solutionVersionArn ?? ''
  const { solutionVersion } = await answer(
    api.POST('/#AmazonPersonalize.DescribeSolutionVersion', { body: { solutionVersionArn }, signal }),
  )
  return solutionVersion?.recipeArn ?? ''
}
