import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'

// The server's security policy forbids code from text, which zod would otherwise try.
z.config({ jitless: true })

const kPasswordMin = 12

const accountSchema = z
  .object({
    userName: z.string().trim().min(1, 'userNameMissing'),
    password: z.string().min(kPasswordMin, 'passwordShort'),
    again: z.string(),
  })
  .refine((account) => account.password === account.again, { path: ['again'], message: 'passwordsDiffer' })

type Account = z.infer<typeof accountSchema>

/** A name and a password typed twice. */
export function NewAccountForm({
  submitLabel,
  isBusy,
  error,
  onSubmit,
}: {
  submitLabel: string
  isBusy: boolean
  error: Error | null
  onSubmit: (account: Account) => void
}) {
  const { t } = useTranslation('session')
  const form = useForm<Account>({
    resolver: zodResolver(accountSchema),
    defaultValues: { userName: '', password: '', again: '' },
  })
  const { errors } = form.formState
  const say = (message?: string) => (message ? t(`account.${message}`, { count: kPasswordMin }) : undefined)
  return (
    <Form
      error={error}
      isChanged={form.formState.isDirty}
      onSubmit={form.handleSubmit(onSubmit)}
      buttons={
        <Button look="primary" type="submit" isBusy={isBusy}>
          {submitLabel}
        </Button>
      }
    >
      <TextField
        label={t('userName')}
        autoComplete="username"
        error={say(errors.userName?.message)}
        {...form.register('userName')}
      />
      <TextField
        label={t('password')}
        type="password"
        autoComplete="new-password"
        hint={t('account.passwordHint', { count: kPasswordMin })}
        error={say(errors.password?.message)}
        {...form.register('password')}
      />
      <TextField
        label={t('account.again')}
        type="password"
        autoComplete="new-password"
        error={say(errors.again?.message)}
        {...form.register('again')}
      />
    </Form>
  )
}
