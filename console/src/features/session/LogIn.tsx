import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLogIn } from '@/api/session'
import { NarrowPage } from '@/ui/AppShell'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'

/** The entry page. It keeps its two values by itself: a form library would weigh more than the page. */
export function LogIn({ next = '/' }: { next?: string }) {
  const { t } = useTranslation('session')
  const navigate = useNavigate()
  const logIn = useLogIn()
  const [given, setGiven] = useState({ UserName: '', Password: '' })
  const [isSubmitted, setSubmitted] = useState(false)
  const missing = (name: keyof typeof given) => isSubmitted && given[name] === ''

  function submit(event: FormEvent) {
    event.preventDefault()
    setSubmitted(true)
    if (given.UserName === '' || given.Password === '') return
    logIn.mutate(given, { onSuccess: () => void navigate({ href: next, replace: true }) })
  }
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
          value={given.UserName}
          onChange={(event) => setGiven({ ...given, UserName: event.target.value })}
          error={missing('UserName') ? t('logIn.userNameMissing') : undefined}
        />
        <TextField
          label={t('password')}
          type="password"
          autoComplete="current-password"
          value={given.Password}
          onChange={(event) => setGiven({ ...given, Password: event.target.value })}
          error={missing('Password') ? t('logIn.passwordMissing') : undefined}
        />
      </Form>
    </NarrowPage>
  )
}
