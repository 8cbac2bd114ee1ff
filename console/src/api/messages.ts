import { useMutation } from '@tanstack/react-query'
import { answer, api, type Shape } from './client'

export type DirectMessage = Shape<'pinpoint.DirectMessageConfiguration'>
export type SendChannel = 'EMAIL' | 'SMS' | 'VOICE' | 'GCM' | 'APNS' | 'ADM' | 'BAIDU'

/** Sends one message to one address now; the answer tells what the channel said of it. */
export function useSendMessage(app: string) {
  return useMutation({
    mutationFn: async ({
      address,
      channel,
      message,
    }: {
      address: string
      channel: SendChannel
      message: DirectMessage
    }) => {
      const { Result } = await answer(
        api.POST('/v1/apps/{application-id}/messages', {
          params: { path: { 'application-id': app } },
          body: { Addresses: { [address]: { ChannelType: channel } }, MessageConfiguration: message },
        }),
      )
      return Result?.[address]
    },
  })
}
