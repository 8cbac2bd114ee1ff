import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { appKeys } from './apps'
import { answer, api, type Shape } from './client'

export type Campaign = Shape<'pinpoint.CampaignResponse'>
export type WriteCampaign = Shape<'pinpoint.WriteCampaignRequest'>
export type WriteTreatment = Shape<'pinpoint.WriteTreatmentResource'>
export type CampaignStatus = Shape<'rapport.CampaignStatus'>
export type FoundCampaign = Shape<'rapport.FoundCampaign'>
export type Activity = Shape<'pinpoint.ActivityResponse'>
export type AudiencePreview = Shape<'rapport.CampaignPreviewResponse'>
export type CampaignResults = Shape<'rapport.CampaignResultsResponse'>
export type CalendarEntry = Shape<'rapport.CalendarEntry'>
export type Monitor = Shape<'rapport.MonitorResponse'>
export type WriteMonitor = Shape<'rapport.MonitorRequest'>

export interface CampaignSearch {
  query?: string
  state?: CampaignStatus
  sort?: 'NEWEST' | 'NAME'
  token?: string
}

export const kCampaignsPerPage = 25
const kRunningInterval = 2_000

const campaignKeys = {
  all: (app: string) => [...appKeys.one(app), 'campaigns'] as const,
  one: (app: string, campaign: string) => [...campaignKeys.all(app), campaign] as const,
}
const path = (app: string, campaign: string) => ({ 'application-id': app, 'campaign-id': campaign })

export const campaignSearchQuery = (app: string, search: CampaignSearch) =>
  queryOptions({
    queryKey: [...campaignKeys.all(app), 'search', search],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/campaign-search', {
          params: {
            path: { 'application-id': app },
            query: { ...search, 'page-size': String(kCampaignsPerPage) },
          },
          signal,
        }),
      ),
  })

const isMoving = (status: string | undefined) => status === 'EXECUTING' || status === 'SCHEDULED'

/** A campaign; asked again while it runs or is about to. */
export const campaignQuery = (app: string, campaign: string) =>
  queryOptions({
    queryKey: [...campaignKeys.one(app, campaign), 'now'],
    queryFn: ({ signal }): Promise<Campaign> =>
      answer(
        api.GET('/v1/apps/{application-id}/campaigns/{campaign-id}', {
          params: { path: path(app, campaign) },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (isMoving(state.data?.State?.CampaignStatus) ? kRunningInterval : false),
  })

/** The newest runs of a campaign; asked again while one of them is under way or to come. */
export const activitiesQuery = (app: string, campaign: string) =>
  queryOptions({
    queryKey: [...campaignKeys.one(app, campaign), 'activities'],
    queryFn: async ({ signal }): Promise<readonly Activity[]> =>
      (
        await answer(
          api.GET('/v1/apps/{application-id}/campaigns/{campaign-id}/activities', {
            params: { path: path(app, campaign), query: { 'page-size': '50' } },
            signal,
          }),
        )
      ).Item ?? [],
    refetchInterval: ({ state }) =>
      state.data?.some(({ State }) => State !== 'COMPLETED' && State !== 'CANCELLED')
        ? kRunningInterval
        : false,
  })

export const campaignVersionsQuery = (app: string, campaign: string) =>
  queryOptions({
    queryKey: [...campaignKeys.one(app, campaign), 'versions'],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/v1/apps/{application-id}/campaigns/{campaign-id}/versions', {
            params: { path: path(app, campaign), query: { 'page-size': '100' } },
            signal,
          }),
        )
      ).Item ?? [],
  })

/** What a campaign did, counted up to now; `isRunning` asks again every few seconds. */
export const resultsQuery = (
  app: string,
  campaign: string,
  { event, hours, isRunning }: { event?: string; hours?: number; isRunning: boolean },
) =>
  queryOptions({
    queryKey: [...campaignKeys.one(app, campaign), 'results', event, hours],
    placeholderData: keepPreviousData,
    refetchInterval: isRunning ? kRunningInterval : false,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/campaigns/{campaign-id}/results', {
          params: {
            path: path(app, campaign),
            query: { 'conversion-event': event, 'window-hours': event ? hours : undefined },
          },
          signal,
        }),
      ),
  })

/** Whom a campaign that is being written would reach, and why not the others. */
export const audiencePreviewQuery = (app: string, campaign: WriteCampaign) =>
  queryOptions({
    queryKey: [...campaignKeys.all(app), 'audience', campaign],
    staleTime: 30_000,
    gcTime: 60_000,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/rapport/v1/apps/{application-id}/campaign-preview', {
          params: { path: { 'application-id': app } },
          body: { WriteCampaignRequest: campaign },
          signal,
        }),
      ),
  })

/** The watch over a campaign's runs: its rules, none at first, and the alarms they raised. */
export const monitorQuery = (app: string, campaign: string) =>
  queryOptions({
    queryKey: [...campaignKeys.one(app, campaign), 'monitor'],
    queryFn: ({ signal }): Promise<Monitor> =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/campaigns/{campaign-id}/monitor', {
          params: { path: path(app, campaign) },
          signal,
        }),
      ),
  })

export const calendarQuery = (app: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...campaignKeys.all(app), 'calendar', from, to],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/apps/{application-id}/campaign-calendar', {
          // Moments of a query are ISO 8601 texts; the types take them for the numbers they are in bodies.
          params: { path: { 'application-id': app }, query: { from: from as never, to: to as never } },
          signal,
        }),
      ),
  })

function useCampaignChange<Variables, Answer>(
  app: string,
  change: (variables: Variables) => Promise<Answer>,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: campaignKeys.all(app) }),
  })
}

export function useCreateCampaign(app: string) {
  return useCampaignChange(app, (body: WriteCampaign) =>
    answer(
      api.POST('/v1/apps/{application-id}/campaigns', { params: { path: { 'application-id': app } }, body }),
    ),
  )
}

export function useUpdateCampaign(app: string, campaign: string) {
  return useCampaignChange(app, (body: WriteCampaign) =>
    answer(
      api.PUT('/v1/apps/{application-id}/campaigns/{campaign-id}', {
        params: { path: path(app, campaign) },
        body,
      }),
    ),
  )
}

export function useDeleteCampaign(app: string) {
  return useCampaignChange(app, (campaign: string) =>
    answer(
      api.DELETE('/v1/apps/{application-id}/campaigns/{campaign-id}', {
        params: { path: path(app, campaign) },
      }),
    ),
  )
}

/** Sets the watch over a campaign's runs; null takes it away. */
export function usePutMonitor(app: string) {
  return useCampaignChange(
    app,
    async ({ campaign, rules }: { campaign: string; rules: WriteMonitor | null }) => {
      const params = { path: path(app, campaign) }
      if (rules)
        return answer(
          api.PUT('/rapport/v1/apps/{application-id}/campaigns/{campaign-id}/monitor', {
            params,
            body: rules,
          }),
        )
      return answer(
        api.DELETE('/rapport/v1/apps/{application-id}/campaigns/{campaign-id}/monitor', { params }),
      )
    },
  )
}
