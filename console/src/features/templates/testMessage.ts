import type { DirectMessage, SendChannel } from '@/api/messages'
import type { TemplatePreview, TemplateType } from '@/api/templates'

/** Through which channels a template of a type can be tried. */
export const kTestChannels: Record<TemplateType, readonly SendChannel[]> = {
  EMAIL: ['EMAIL'],
  SMS: ['SMS'],
  VOICE: ['VOICE'],
  PUSH: ['GCM', 'APNS', 'ADM', 'BAIDU'],
  INAPP: [],
}

/** A variable's braces in words that were rendered already are words: they are not rendered again. */
const literal = (text: string) => text.replaceAll('{{', '\\{{')

/** The message that was rendered for the preview, as one that can be sent. */
export function testMessage(preview: TemplatePreview, channel: SendChannel): DirectMessage {
  const own = preview.Messages.find(({ ChannelType }) => ChannelType === channel)?.Parts
  const part = (name: string) => {
    const found = [...(own ?? []), ...preview.Parts].find(
      ({ Part }) => Part === name || Part.endsWith(`.${name}`),
    )
    return found?.Text ? literal(found.Text) : undefined
  }
  const charset = (text: string | undefined) => (text ? { Charset: 'UTF-8', Data: text } : undefined)
  if (channel === 'EMAIL')
    return {
      EmailMessage: {
        SimpleEmail: {
          Subject: charset(part('Subject')),
          HtmlPart: charset(part('HtmlPart')),
          TextPart: charset(part('TextPart')),
        },
      },
    }
  if (channel === 'SMS') return { SMSMessage: { Body: part('Body'), MessageType: 'TRANSACTIONAL' } }
  if (channel === 'VOICE') return { VoiceMessage: { Body: part('Body') } }
  return { DefaultPushNotificationMessage: { Title: part('Title'), Body: part('Body'), Action: 'OPEN_APP' } }
}
