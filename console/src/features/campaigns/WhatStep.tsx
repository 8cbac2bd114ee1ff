import { useTranslation } from 'react-i18next'
import { Notice } from '@/ui/Notice'
import { Heading } from '@/ui/Text'
import type { StepProps } from './CampaignFlow'
import { kChannels, type TreatmentForm } from './form'
import { MessageFields } from './MessageFields'

/** What is sent, channel by channel. Of a test every treatment has its own; those are written here too. */
export function WhatStep({ app, form, onChange, errorOf }: StepProps) {
  const { t } = useTranslation('campaigns')
  const isTest = form.treatments.length > 1
  const isInApp = form.schedule.kind === 'inapp'
  const put = (number: number, treatment: TreatmentForm) =>
    onChange({ treatments: form.treatments.map((one, at) => (at === number ? treatment : one)) })
  return form.treatments.map((treatment, number) => (
    <section key={number}>
      {isTest && <Heading>{treatmentName(t, treatment, number)}</Heading>}
      {errorOf(`${number}.any`) && <Notice tone="bad">{errorOf(`${number}.any`)}</Notice>}
      {kChannels.map((channel) => (
        <MessageFields
          key={channel}
          app={app}
          channel={channel}
          message={treatment.messages[channel]}
          error={errorOf(`${number}.${channel}`)}
          isOffered={channel !== 'INAPP' || isInApp || treatment.messages.INAPP.kind !== 'none'}
          onChange={(message) =>
            put(number, { ...treatment, messages: { ...treatment.messages, [channel]: message } })
          }
        />
      ))}
    </section>
  ))
}

/** A treatment's own name, or its letter: A is the first. */
export function treatmentName(
  t: (key: string, values?: Record<string, unknown>) => string,
  { name }: { name?: string },
  number: number,
): string {
  return name || t('treatmentLetter', { letter: String.fromCharCode(65 + number) })
}
