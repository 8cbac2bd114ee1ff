import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

const kChannelsKey = (app: string) => ['apps', app, 'channels'] as const
const of = (app: string) => ({ params: { path: { 'application-id': app } } })

/** The channels that were configured, by their kind: `EMAIL`, `SMS`, `GCM`… */
export const channelsQuery = (app: string) =>
  queryOptions({
    queryKey: kChannelsKey(app),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/apps/{application-id}/channels', { ...of(app), signal }))).Channels,
  })

export const kChannelKinds = ['EMAIL', 'SMS', 'GCM', 'APNS', 'VOICE'] as const
export type ChannelKind = (typeof kChannelKinds)[number]

/** The operation that turns a channel on and off. */
export const kChannelWrites = {
  EMAIL: 'pinpoint.UpdateEmailChannel',
  SMS: 'pinpoint.UpdateSmsChannel',
  GCM: 'pinpoint.UpdateGcmChannel',
  APNS: 'pinpoint.UpdateApnsChannel',
  VOICE: 'pinpoint.UpdateVoiceChannel',
} as const

export interface ChannelChange {
  kind: ChannelKind
  isEnabled: boolean
  /** The sender of e-mails, or the key of a push service. */
  detail?: string
}

function writeChannel(app: string, { kind, isEnabled, detail = '' }: ChannelChange): Promise<unknown> {
  const Enabled = isEnabled
  switch (kind) {
    case 'EMAIL': {
      const Identity = `arn:aws:ses:us-east-1:000000000000:identity/${detail.split('@')[1] ?? detail}`
      const body = { Enabled, FromAddress: detail, Identity }
      return answer(api.PUT('/v1/apps/{application-id}/channels/email', { ...of(app), body }))
    }
    case 'SMS':
      return answer(api.PUT('/v1/apps/{application-id}/channels/sms', { ...of(app), body: { Enabled } }))
    case 'GCM':
      return answer(
        api.PUT('/v1/apps/{application-id}/channels/gcm', { ...of(app), body: { Enabled, ApiKey: detail } }),
      )
    case 'APNS':
      return answer(api.PUT('/v1/apps/{application-id}/channels/apns', { ...of(app), body: { Enabled } }))
    case 'VOICE':
      return answer(api.PUT('/v1/apps/{application-id}/channels/voice', { ...of(app), body: { Enabled } }))
  }
}

export function useWriteChannel(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: ChannelChange) => writeChannel(app, change),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: kChannelsKey(app) }),
  })
}

export interface TestMessage {
  kind: ChannelKind
  address: string
  text: string
}

function contentOf({ kind, text }: TestMessage): Shape<'pinpoint.DirectMessageConfiguration'> {
  switch (kind) {
    case 'EMAIL':
      return {
        EmailMessage: { SimpleEmail: { Subject: { Data: text }, TextPart: { Data: text } } },
      }
    case 'SMS':
      return { SMSMessage: { Body: text } }
    case 'GCM':
      return { GCMMessage: { Title: text, Body: text } }
    case 'APNS':
      return { APNSMessage: { Title: text, Body: text } }
    case 'VOICE':
      return { VoiceMessage: { Body: text } }
  }
}

/** Sends one message to one address; the answer says how it went for that address. */
export function useTestChannel(app: string) {
  return useMutation({
    mutationFn: async (message: TestMessage) => {
      const { Result = {} } = await answer(
        api.POST('/v1/apps/{application-id}/messages', {
          ...of(app),
          body: {
            Addresses: { [message.address]: { ChannelType: message.kind } },
            MessageConfiguration: contentOf(message),
          },
        }),
      )
      return Result[message.address]
    },
  })
}
