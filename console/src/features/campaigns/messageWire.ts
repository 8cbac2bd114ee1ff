import type { WriteCampaign } from '@/api/campaigns'
import { emptyMessage, type FormChannel, kChannels, type MessageForm, type TreatmentForm } from './form'

/** The members of a treatment that say what is sent. */
export interface MessageWire {
  MessageConfiguration?: WriteCampaign['MessageConfiguration']
  TemplateConfiguration?: WriteCampaign['TemplateConfiguration']
}

type Members = Record<string, unknown>

const kTemplateMembers: Record<
  FormChannel,
  'EmailTemplate' | 'PushTemplate' | 'SMSTemplate' | 'InAppTemplate'
> = {
  EMAIL: 'EmailTemplate',
  PUSH: 'PushTemplate',
  SMS: 'SMSTemplate',
  INAPP: 'InAppTemplate',
}
/** Of push the same words go to every platform the form writes for. */
const kMessageMembers: Record<FormChannel, readonly string[]> = {
  EMAIL: ['EmailMessage'],
  PUSH: ['APNSMessage', 'GCMMessage'],
  SMS: ['SMSMessage'],
  INAPP: ['InAppMessage'],
}
/** What the fields of the form are called in each message. */
const kWords: Record<FormChannel, Partial<Record<'title' | 'body' | 'html' | 'url', string>>> = {
  EMAIL: { title: 'Title', html: 'HtmlBody', body: 'Body' },
  PUSH: { title: 'Title', body: 'Body', url: 'Url' },
  SMS: { body: 'Body' },
  INAPP: {},
}

function inlineToWire(channel: FormChannel, form: MessageForm): Members {
  const members: Members = { ...form.base }
  for (const [field, member] of Object.entries(kWords[channel])) {
    const value = form[field as 'title' | 'body' | 'html' | 'url']
    if (value === '') delete members[member]
    else members[member] = value
  }
  if (channel === 'PUSH' && members.Action === undefined)
    members.Action = form.url === '' ? 'OPEN_APP' : 'URL'
  return members
}

function inlineFromWire(channel: FormChannel, wire: Members): MessageForm {
  const form: MessageForm = { ...emptyMessage(), kind: 'inline', base: wire }
  for (const [field, member] of Object.entries(kWords[channel]))
    form[field as 'title' | 'body' | 'html' | 'url'] = String(wire[member] ?? '')
  return form
}

export function messagesToWire({ messages, base }: TreatmentForm): MessageWire {
  const configuration: Members = { ...base.MessageConfiguration }
  const templates: Members = { ...base.TemplateConfiguration }
  for (const channel of kChannels) {
    const form = messages[channel]
    for (const member of kMessageMembers[channel]) {
      if (form.kind === 'inline') configuration[member] = inlineToWire(channel, form)
      else if (form.kind === 'none') delete configuration[member]
    }
    if (form.kind === 'template')
      templates[kTemplateMembers[channel]] = {
        Name: form.template,
        ...(form.version ? { Version: form.version } : {}),
      }
    else delete templates[kTemplateMembers[channel]]
  }
  return {
    ...(Object.keys(configuration).length > 0 ? { MessageConfiguration: configuration } : {}),
    ...(Object.keys(templates).length > 0 ? { TemplateConfiguration: templates } : {}),
  }
}

export function messagesFromWire(wire: MessageWire): Record<FormChannel, MessageForm> {
  const configuration = (wire.MessageConfiguration ?? {}) as Record<string, Members | undefined>
  const read = (channel: FormChannel): MessageForm => {
    const template = wire.TemplateConfiguration?.[kTemplateMembers[channel]]
    if (template?.Name)
      return {
        ...emptyMessage(),
        kind: 'template',
        template: template.Name,
        version: template.Version ?? '',
      }
    const message = kMessageMembers[channel].map((member) => configuration[member]).find(Boolean)
    return message ? inlineFromWire(channel, message) : emptyMessage()
  }
  return { EMAIL: read('EMAIL'), PUSH: read('PUSH'), SMS: read('SMS'), INAPP: read('INAPP') }
}
