import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

export type TemplateType = Shape<'rapport.TemplateType'>
export type FoundTemplate = Shape<'rapport.FoundTemplate'>

/** What is written in a template, by its type. */
export interface TemplateContents {
  EMAIL: Shape<'pinpoint.EmailTemplateRequest'>
  SMS: Shape<'pinpoint.SMSTemplateRequest'>
  PUSH: Shape<'pinpoint.PushNotificationTemplateRequest'>
  VOICE: Shape<'pinpoint.VoiceTemplateRequest'>
  INAPP: Shape<'pinpoint.InAppTemplateRequest'>
}
export type TemplateContent = TemplateContents[TemplateType]
export type StoredTemplate = TemplateContent & {
  TemplateName: string
  TemplateType: TemplateType
  Version?: string
  LastModifiedDate: string
}

export interface TemplateSearch {
  query?: string
  type?: TemplateType
  sort?: 'NEWEST' | 'NAME'
  token?: string
}

export const kTemplatesPerPage = 25

const templateKeys = {
  all: ['templates'] as const,
  search: (search: TemplateSearch) => ['templates', 'search', search] as const,
  one: (type: TemplateType, name: string, version?: string) =>
    ['templates', 'one', type, name, version ?? 'active'] as const,
  versions: (type: TemplateType, name: string) => ['templates', 'versions', type, name] as const,
}

export const templateSearchQuery = (search: TemplateSearch, pageSize = kTemplatesPerPage) =>
  queryOptions({
    queryKey: [...templateKeys.search(search), pageSize],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/rapport/v1/template-search', {
          params: {
            query: {
              query: search.query,
              'template-type': search.type,
              sort: search.sort,
              token: search.token,
              'page-size': String(pageSize),
            },
          },
          signal,
        }),
      ),
  })

/** The five types have the same operations below paths of their own: e-mail's stands for all of them in the types. */
const pathOf = (type: TemplateType) =>
  `/v1/templates/{template-name}/${type.toLowerCase()}` as '/v1/templates/{template-name}/email'

/** A template as it is sent (its active version), or one version of it. */
export const templateQuery = (type: TemplateType, name: string, version?: string) =>
  queryOptions({
    queryKey: templateKeys.one(type, name, version),
    queryFn: async ({ signal }) =>
      (await answer(
        api.GET(pathOf(type), { params: { path: { 'template-name': name }, query: { version } }, signal }),
      )) as unknown as StoredTemplate,
  })

export const templateVersionsQuery = (type: TemplateType, name: string) =>
  queryOptions({
    queryKey: templateKeys.versions(type, name),
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/v1/templates/{template-name}/{template-type}/versions', {
            params: {
              path: { 'template-name': name, 'template-type': type },
              query: { 'page-size': '100' },
            },
            signal,
          }),
        )
      ).Item,
  })

interface TemplateWrite {
  type: TemplateType
  name: string
  content: TemplateContent
}

function useTemplateChange<Variables>(change: (variables: Variables) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: templateKeys.all }),
  })
}

export function useCreateTemplate() {
  return useTemplateChange(({ type, name, content }: TemplateWrite) =>
    answer(api.POST(pathOf(type), { params: { path: { 'template-name': name } }, body: content })),
  )
}

/** Writes a new version and makes it the one that is sent; or overwrites the newest one. */
export function useUpdateTemplate() {
  return useTemplateChange(
    async ({ type, name, content, as }: TemplateWrite & { as: 'version' | 'same' }) => {
      await answer(
        api.PUT(pathOf(type), {
          params: {
            path: { 'template-name': name },
            query: as === 'version' ? { 'create-new-version': true } : {},
          },
          body: content,
        }),
      )
      if (as === 'version') await activate({ type, name, version: 'latest' })
    },
  )
}

const activate = ({ type, name, version }: { type: TemplateType; name: string; version: string }) =>
  answer(
    api.PUT('/v1/templates/{template-name}/{template-type}/active-version', {
      params: { path: { 'template-name': name, 'template-type': type } },
      body: { Version: version },
    }),
  )

export function useActivateVersion() {
  return useTemplateChange(activate)
}

export function useDeleteTemplate() {
  return useTemplateChange(({ type, name }: { type: TemplateType; name: string }) =>
    answer(api.DELETE(pathOf(type), { params: { path: { 'template-name': name } } })),
  )
}

export type TemplatePreview = Shape<'rapport.TemplatePreviewResponse'>
export type PreviewPerson =
  | { kind: 'nobody' }
  | { kind: 'endpoint'; endpoint: string }
  | { kind: 'made-up'; endpoint: Shape<'rapport.EndpointRequest'> }

const kPreviewMembers = {
  EMAIL: 'EmailTemplate',
  SMS: 'SMSTemplate',
  PUSH: 'PushTemplate',
  VOICE: 'VoiceTemplate',
  INAPP: 'InAppTemplate',
} as const

/** What somebody would get, without sending anything. */
export const templatePreviewQuery = (
  app: string,
  { type, content, person }: { type: TemplateType; content: TemplateContent; person: PreviewPerson },
) =>
  queryOptions({
    queryKey: ['templates', 'preview', app, type, content, person],
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/rapport/v1/template-preview', {
          body: {
            ApplicationId: app,
            EndpointId: person.kind === 'endpoint' ? person.endpoint : undefined,
            Endpoint: person.kind === 'made-up' ? person.endpoint : undefined,
            [kPreviewMembers[type]]: content,
          },
          signal,
        }),
      ),
  })
