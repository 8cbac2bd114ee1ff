import { useTranslation } from 'react-i18next'
import { TextField } from '@/ui/Field'
import { Grid } from '@/ui/Layout'
import { Heading, Text } from '@/ui/Text'
import type { StepProps } from './CampaignFlow'
import type { CampaignForm, MonitorForm } from './form'
import { WatchFields } from './WatchFields'

const kLimits = ['daily', 'total', 'perSecond', 'minutes'] as const

/** How often and how fast, and what to be told of while it runs. */
export function LimitsStep({ app, form, onChange, errorOf }: StepProps) {
  const { t } = useTranslation('campaigns')
  const setLimit = (change: Partial<CampaignForm['limits']>) =>
    onChange({ limits: { ...form.limits, ...change } })
  const setRule = (change: Partial<MonitorForm>) => onChange({ monitor: { ...form.monitor, ...change } })
  const limits = form.schedule.kind === 'inapp' ? ([...kLimits, 'session'] as const) : kLimits
  return (
    <>
      <Grid columns={2}>
        {limits.map((name) => (
          <TextField
            key={name}
            label={t(`limits.${name}`)}
            hint={t(`limitHints.${name}`)}
            isOptional
            inputMode="numeric"
            value={form.limits[name]}
            error={errorOf(name)}
            onChange={(event) => setLimit({ [name]: event.target.value })}
          />
        ))}
      </Grid>
      <Heading>{t('watch')}</Heading>
      <Text tone="soft">{t('watchHint')}</Text>
      <WatchFields app={app} form={form.monitor} errorOf={errorOf} onChange={setRule} />
    </>
  )
}
