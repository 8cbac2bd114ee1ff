import { useQuery } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { appSettingsQuery, useUpdateAppSettings } from '@/api/appSettings'
import type { Shape } from '@/api/client'
import { useMay } from '@/api/session'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { FieldGroup, Form } from '@/ui/Form'
import { Grid } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { useToast } from '@/ui/Toast'
import { type LimitValues, readLimits, writeLimits } from './limits'

/** The limits and the quiet time that campaigns have unless they say otherwise. */
export function LimitsTab({ app }: { app: string }) {
  const settings = useQuery(appSettingsQuery(app))
  return <Loaded query={settings}>{(data) => <LimitsForm app={app} settings={data} />}</Loaded>
}

const kLimits = ['daily', 'total', 'session', 'perSecond', 'duration'] as const

function LimitsForm({
  app,
  settings,
}: {
  app: string
  settings: Shape<'pinpoint.ApplicationSettingsResource'>
}) {
  const { t } = useTranslation('settings')
  const tell = useToast()
  const isFixed = !useMay()('pinpoint.UpdateApplicationSettings')
  const update = useUpdateAppSettings(app)
  const form = useForm<LimitValues>({ values: readLimits(settings) })
  const { errors } = form.formState
  return (
    <Card title={t('limits.title')} hint={t('limits.hint')}>
      <Form
        error={update.error}
        isChanged={form.formState.isDirty}
        lostWith={['tab']}
        onSubmit={form.handleSubmit((values) =>
          update.mutate(writeLimits(values), { onSuccess: () => tell(t('limits.saved')) }),
        )}
        buttons={
          !isFixed && (
            <Button look="primary" type="submit" isBusy={update.isPending}>
              {t('words:save')}
            </Button>
          )
        }
      >
        <FieldGroup isFixed={isFixed}>
          <Grid columns={3}>
            {kLimits.map((name) => (
              <TextField
                key={name}
                label={t(`limits.${name}`)}
                hint={t(`limits.${name}Hint`)}
                type="number"
                min={0}
                isOptional
                error={errors[name] && t('limits.wrong')}
                {...form.register(name, { pattern: /^\d*$/ })}
              />
            ))}
          </Grid>
          <Grid columns={2}>
            <TextField
              label={t('limits.quietStart')}
              hint={t('limits.quietHint')}
              type="time"
              {...form.register('quietStart')}
            />
            <TextField label={t('limits.quietEnd')} type="time" {...form.register('quietEnd')} />
          </Grid>
          <TextField
            label={t('limits.hook')}
            hint={t('limits.hookHint')}
            isOptional
            {...form.register('hook')}
          />
        </FieldGroup>
      </Form>
    </Card>
  )
}
