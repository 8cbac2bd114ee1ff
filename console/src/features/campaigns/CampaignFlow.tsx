import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  useCreateCampaign,
  usePutMonitor,
  useUpdateCampaign,
  type WriteCampaign,
  type WriteMonitor,
} from '@/api/campaigns'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Row, Stack } from '@/ui/Layout'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { Page } from '@/ui/Page'
import { ErrorState } from '@/ui/States'
import { type Step, Steps } from '@/ui/Steps'
import { useToast } from '@/ui/Toast'
import { type CampaignForm, monitorToWire } from './form'
import { LimitsStep } from './LimitsStep'
import { type MistakeStep, mistakesOf } from './mistakes'
import { ReviewStep } from './ReviewStep'
import { TestStep } from './TestStep'
import { WhatStep } from './WhatStep'
import { WhenStep } from './WhenStep'
import { WhomStep } from './WhomStep'
import { campaignToWire } from './wire'

const kSteps = ['whom', 'what', 'when', 'limits', 'test', 'review'] as const
export type FlowStep = (typeof kSteps)[number]

export interface StepProps {
  app: string
  form: CampaignForm
  onChange: (change: Partial<CampaignForm>) => void
  /** What is wrong with a field, once one has tried to go on. */
  errorOf: (field: string) => string | undefined
}

/** The guided way to a campaign: one question a step, the draft in the form, the step in the URL. */
export function CampaignFlow({
  app,
  initial,
  edited,
  step,
  onStep,
}: {
  app: string
  initial: CampaignForm
  /** The campaign that is being changed; nothing when a new one is made. */
  edited?: string
  step: FlowStep
  onStep: (step: FlowStep) => void
}) {
  const { t } = useTranslation('campaigns')
  const [first] = useState(initial)
  const [form, setForm] = useState(first)
  const [checked, setChecked] = useState<readonly FlowStep[]>([])
  const isWatched = edited !== undefined && monitorToWire(first.monitor) !== null
  const launch = useLaunch(app, edited, isWatched)
  const mistakes = mistakesOf(form)
  const at = kSteps.indexOf(step)
  const errorOf = (field: string) => {
    const mistake = checked.includes(step) ? mistakes[step as MistakeStep]?.[field] : undefined
    return mistake ? t(`mistakes.${mistake}`) : undefined
  }
  const isRight = (one: FlowStep) => Object.keys(mistakes[one as MistakeStep] ?? {}).length === 0
  const wrongSteps = kSteps.filter((one) => !isRight(one))

  function goTo(next: FlowStep) {
    setChecked([...new Set([...checked, step, ...(next === 'review' ? kSteps : [])])])
    onStep(next)
  }
  function goOn() {
    setChecked([...new Set([...checked, step])])
    const next = kSteps[at + 1]
    if (next && isRight(step)) goTo(next)
  }

  const steps: Step[] = kSteps.map((one) => ({
    value: one,
    label: t(`steps.${one}`),
    isWrong: checked.includes(one) && !isRight(one),
  }))
  const props: StepProps = {
    app,
    form,
    onChange: (change) => setForm((before) => ({ ...before, ...change })),
    errorOf,
  }
  return (
    <Page title={edited ? t('editTitle', { name: initial.name }) : t('create')}>
      <Steps label={t('stepsLabel')} steps={steps} value={step} onChange={(next) => goTo(next as FlowStep)} />
      <Card title={t(`questions.${step}`)} hint={t(`hints.${step}`)}>
        <Stack>
          {step === 'whom' && <WhomStep {...props} />}
          {step === 'what' && <WhatStep {...props} />}
          {step === 'when' && <WhenStep {...props} />}
          {step === 'limits' && <LimitsStep {...props} />}
          {step === 'test' && <TestStep {...props} />}
          {step === 'review' && <ReviewStep {...props} wrongSteps={wrongSteps} onStep={goTo} />}
        </Stack>
      </Card>
      <LeaveGuard isChanged={form !== first} />
      {launch.error && <ErrorState error={launch.error} />}
      <Row justify="between">
        <Link look="quiet" to="/apps/$app/campaigns" params={{ app }}>
          {t('words:cancel')}
        </Link>
        <Row>
          {at > 0 && <Button onClick={() => goTo(kSteps[at - 1] ?? 'whom')}>{t('words:back')}</Button>}
          {step === 'review' ? (
            <Button
              look="primary"
              disabled={wrongSteps.length > 0}
              isBusy={launch.isPending}
              onClick={() => launch.start(campaignToWire(form), monitorToWire(form.monitor))}
            >
              {edited ? t('saveChanges') : form.schedule.kind === 'now' ? t('launchNow') : t('launch')}
            </Button>
          ) : (
            <Button look="primary" onClick={goOn}>
              {t('continue')}
            </Button>
          )}
        </Row>
      </Row>
    </Page>
  )
}

/** Stores the campaign, then the watch over it, then shows it. */
function useLaunch(app: string, edited: string | undefined, isWatched: boolean) {
  const { t } = useTranslation('campaigns')
  const navigate = useNavigate()
  const toast = useToast()
  const create = useCreateCampaign(app)
  const update = useUpdateCampaign(app, edited ?? '')
  const monitor = usePutMonitor(app)
  const store = edited ? update : create

  async function start(campaign: WriteCampaign, rules: WriteMonitor | null) {
    try {
      const { Id } = await store.mutateAsync(campaign)
      if (rules || isWatched) await monitor.mutateAsync({ campaign: Id, rules })
      toast(edited ? t('changesSaved') : t('launched'))
      await navigate({
        to: '/apps/$app/campaigns/$campaign',
        params: { app, campaign: Id },
        ignoreBlocker: true,
      })
    } catch {
      // Said by `error`.
    }
  }
  return {
    start: (campaign: WriteCampaign, rules: WriteMonitor | null) => void start(campaign, rules),
    isPending: store.isPending || monitor.isPending,
    error: store.error ?? monitor.error,
  }
}
