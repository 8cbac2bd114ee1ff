import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useLogIn } from '@/api/session'
import { NarrowPage } from '@/ui/AppShell'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'

interface Values {
  UserName: string
  Password: string
}

export function LogIn({ next = '/' }: { next?: string }) {
  const { t } = useTranslation('session')
  const navigate = useNavigate()
  const logIn = useLogIn()
  const form = useForm<Values>({ defaultValues: { UserName: '', Password: '' } })

  const submit = form.handleSubmit((values) =>
    logIn.mutate(values, { onSuccess: () => void navigate({ href: next, replace: true }) }),
  )
  const { errors } = form.formState
  return (
    <NarrowPage title={t('logIn.title')} hint={t('logIn.hint')}>
      <Form
        error={logIn.error}
        onSubmit={submit}
        buttons={
          <Button look="primary" type="submit" isBusy={logIn.isPending}>
            {t('logIn.submit')}
          </Button>
        }
      >
        <TextField
          label={t('userName')}
          autoComplete="username"
          error={errors.UserName && t('logIn.userNameMissing')}
          {...form.register('UserName', { required: true })}
        />
        <TextField
          label={t('password')}
          type="password"
          autoComplete="current-password"
          error={errors.Password && t('logIn.passwordMissing')}
          {...form.register('Password', { required: true })}
        />
      </Form>
    </NarrowPage>
  )
}
