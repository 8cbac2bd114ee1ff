import type { FlowStep } from './CampaignFlow'
import { type CampaignForm, firstSize, kChannels, type MonitorForm, type TreatmentForm } from './form'
import { isByEvent, momentOf } from './scheduleWire'

export type MistakeStep = Exclude<FlowStep, 'review'>
/** Field -> which mistake, by the name of its message. */
export type Mistakes = Record<MistakeStep, Record<string, string>>

const kBounds = {
  daily: [1, 100],
  total: [1, 100],
  perSecond: [1, 20_000],
  minutes: [1, 527_040],
  session: [1, 100],
} as const

/** Messages that only the API writes; the form keeps them. */
const kKept = ['CustomMessage', 'DefaultMessage', 'ADMMessage', 'BaiduMessage'] as const

function messageMistakes({ messages, base }: TreatmentForm, number: number): Record<string, string> {
  const mistakes: Record<string, string> = {}
  for (const channel of kChannels) {
    const { kind, template, title, body, html } = messages[channel]
    if (kind === 'template' && template === '') mistakes[`${number}.${channel}`] = 'templateMissing'
    if (kind === 'inline' && channel === 'EMAIL' && title === '')
      mistakes[`${number}.${channel}`] = 'titleMissing'
    if (kind === 'inline' && body === '' && html === '') mistakes[`${number}.${channel}`] = 'bodyMissing'
  }
  const isSilent =
    kChannels.every((channel) => messages[channel].kind === 'none') &&
    !kKept.some((member) => base.MessageConfiguration?.[member])
  if (isSilent) mistakes[`${number}.any`] = 'messageMissing'
  return mistakes
}

function scheduleMistakes({ schedule }: CampaignForm): Record<string, string> {
  const { kind, start, end, zone, eventType, eventMetrics, hasQuietTime, quietStart, quietEnd } = schedule
  const mistakes: Record<string, string> = {}
  if ((kind === 'once' || kind === 'recurring') && start === '') mistakes.start = 'startMissing'
  if (start && end && momentOf(end, zone) <= momentOf(start, zone)) mistakes.end = 'endBeforeStart'
  if (isByEvent(kind) && eventType.trim() === '') mistakes.eventType = 'eventMissing'
  if (isByEvent(kind) && eventMetrics.some(({ value }) => value.trim() === '' || Number.isNaN(Number(value))))
    mistakes.eventMetrics = 'number'
  if (hasQuietTime && (quietStart === '' || quietEnd === '')) mistakes.quiet = 'quietMissing'
  return mistakes
}

const kWatchNumbers = ['lateMinutes', 'audienceMinimum', 'failurePercent', 'stuckMinutes'] as const

/** What is wrong with a watch: its numbers, or that an alarm does something and nothing raises one. */
export function watchMistakes(form: MonitorForm): Record<string, string> {
  const isWhole = (text: string) => text === '' || (Number.isInteger(Number(text)) && Number(text) >= 0)
  const mistakes: Record<string, string> = {}
  for (const field of kWatchNumbers) if (!isWhole(form[field])) mistakes[field] = 'wholeNumber'
  const doesSomething = form.email.trim() || form.hook.trim() || form.failover
  if (doesSomething && kWatchNumbers.every((field) => form[field] === '')) mistakes.rules = 'ruleMissing'
  return mistakes
}

function limitMistakes({ limits, monitor }: CampaignForm): Record<string, string> {
  const mistakes: Record<string, string> = {}
  for (const [field, [least, most]] of Object.entries(kBounds)) {
    const text = limits[field as keyof typeof kBounds].trim()
    if (text !== '' && !(Number.isInteger(Number(text)) && Number(text) >= least && Number(text) <= most))
      mistakes[field] = `${field}Range`
  }
  return { ...mistakes, ...watchMistakes(monitor) }
}

function testMistakes(form: CampaignForm): Record<string, string> {
  const mistakes: Record<string, string> = {}
  const isPercent = (value: number) => Number.isInteger(value) && value >= 0 && value <= 100
  if (!isPercent(form.holdout)) mistakes.holdout = 'percent'
  form.treatments.forEach(({ size }, number) => {
    if (number > 0 && !(isPercent(size) && size > 0)) mistakes[`${number}.size`] = 'percent'
  })
  if (firstSize(form) < 0) mistakes.sizes = 'sizesTooLarge'
  return mistakes
}

/** What must be mended before the campaign can start, by step and field. */
export function mistakesOf(form: CampaignForm): Mistakes {
  return {
    whom: {
      ...(form.name.trim() === '' ? { name: 'nameMissing' } : {}),
      ...(form.segment === '' ? { segment: 'segmentMissing' } : {}),
    },
    what: Object.assign(
      {},
      ...form.treatments.map((treatment, number) => messageMistakes(treatment, number)),
    ) as Record<string, string>,
    when: scheduleMistakes(form),
    limits: limitMistakes(form),
    test: testMistakes(form),
  }
}
