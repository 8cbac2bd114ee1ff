import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useAcceptInvitation } from '@/api/session'
import { NarrowPage } from '@/ui/AppShell'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'

const kPasswordMin = 12

/** Whoever has a one-time link chooses a password and is in. */
export function Invitation({ token }: { token: string }) {
  const { t } = useTranslation('session')
  const navigate = useNavigate()
  const accept = useAcceptInvitation()
  const form = useForm<{ password: string; again: string }>({ defaultValues: { password: '', again: '' } })
  const { errors } = form.formState
  return (
    <NarrowPage title={t('invitation.title')} hint={t('invitation.hint')}>
      <Form
        error={accept.error}
        onSubmit={form.handleSubmit(({ password }) =>
          accept.mutate(
            { Token: token, Password: password },
            { onSuccess: () => void navigate({ to: '/', replace: true }) },
          ),
        )}
        buttons={
          <Button look="primary" type="submit" isBusy={accept.isPending} disabled={token === ''}>
            {t('invitation.submit')}
          </Button>
        }
      >
        <TextField
          label={t('password')}
          type="password"
          autoComplete="new-password"
          hint={t('account.passwordHint', { count: kPasswordMin })}
          error={errors.password && t('account.passwordShort', { count: kPasswordMin })}
          {...form.register('password', { required: true, minLength: kPasswordMin })}
        />
        <TextField
          label={t('account.again')}
          type="password"
          autoComplete="new-password"
          error={errors.again && t('account.passwordsDiffer')}
          {...form.register('again', { validate: (again, { password }) => again === password })}
        />
      </Form>
    </NarrowPage>
  )
}
