import type { Shape } from '@/api/client'

/** The form of limits: texts, empty where nothing limits. */
export interface LimitValues {
  daily: string
  total: string
  session: string
  perSecond: string
  duration: string
  quietStart: string
  quietEnd: string
  hook: string
}

const text = (value: number | undefined) => (value ? String(value) : '')

/** What the server says, as the form shows it. A limit of 0 is none. */
export function readLimits({
  Limits,
  QuietTime,
  CampaignHook,
}: Partial<Shape<'pinpoint.ApplicationSettingsResource'>>): LimitValues {
  return {
    daily: text(Limits?.Daily),
    total: text(Limits?.Total),
    session: text(Limits?.Session),
    perSecond: text(Limits?.MessagesPerSecond),
    duration: text(Limits?.MaximumDuration),
    quietStart: QuietTime?.Start ?? '',
    quietEnd: QuietTime?.End ?? '',
    hook: CampaignHook?.LambdaFunctionName || CampaignHook?.WebUrl || '',
  }
}

function limitsOf(values: LimitValues): Shape<'pinpoint.CampaignLimits'> {
  return {
    ...(values.daily && { Daily: Number(values.daily) }),
    ...(values.total && { Total: Number(values.total) }),
    ...(values.session && { Session: Number(values.session) }),
    ...(values.perSecond && { MessagesPerSecond: Number(values.perSecond) }),
    ...(values.duration && { MaximumDuration: Number(values.duration) }),
  }
}

/** What the form says, as the server takes it. Quiet time needs both ends; a hook is a URL or a function's name. */
export function writeLimits(values: LimitValues): Shape<'pinpoint.WriteApplicationSettingsRequest'> {
  const isUrl = /^https?:\/\//.test(values.hook)
  return {
    Limits: limitsOf(values),
    QuietTime: values.quietStart && values.quietEnd ? { Start: values.quietStart, End: values.quietEnd } : {},
    CampaignHook: values.hook
      ? { [isUrl ? 'WebUrl' : 'LambdaFunctionName']: values.hook, Mode: 'FILTER' }
      : {},
  }
}
