import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useChangePassword } from '@/api/session'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { useToast } from '@/ui/Toast'

const kPasswordMin = 12

interface Values {
  current: string
  next: string
  again: string
}

/** One's own password. */
export function AccountTab() {
  const { t } = useTranslation('settings')
  const tell = useToast()
  const changePassword = useChangePassword()
  const form = useForm<Values>({ defaultValues: { current: '', next: '', again: '' } })
  const change = useMutation({
    mutationFn: ({ current, next }: Values) =>
      changePassword.mutateAsync({ CurrentPassword: current, NewPassword: next }),
    onSuccess: () => {
      form.reset()
      tell(t('account.changed'), t('account.changedHint'))
    },
  })
  const { errors } = form.formState
  return (
    <Card title={t('account.title')}>
      <Form
        error={change.error}
        isChanged={form.formState.isDirty}
        lostWith={['tab']}
        onSubmit={form.handleSubmit((values) => change.mutate(values))}
        buttons={
          <Button look="primary" type="submit" isBusy={change.isPending}>
            {t('account.change')}
          </Button>
        }
      >
        <TextField
          label={t('account.current')}
          type="password"
          autoComplete="current-password"
          error={errors.current && t('account.currentMissing')}
          {...form.register('current', { required: true })}
        />
        <TextField
          label={t('account.next')}
          type="password"
          autoComplete="new-password"
          error={errors.next && t('account.short', { count: kPasswordMin })}
          {...form.register('next', { minLength: kPasswordMin, required: true })}
        />
        <TextField
          label={t('account.again')}
          type="password"
          autoComplete="new-password"
          error={errors.again && t('account.differ')}
          {...form.register('again', { validate: (again, { next }) => again === next })}
        />
      </Form>
    </Card>
  )
}
