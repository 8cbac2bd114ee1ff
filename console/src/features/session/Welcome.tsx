import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCreateAdministrator, welcomeQuery } from '@/api/session'
import { NarrowPage } from '@/ui/AppShell'
import { Link } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { NewAccountForm } from './NewAccountForm'

/** The first start: whoever has the link that the server printed becomes the administrator. */
export function Welcome({ token }: { token: string }) {
  const { t } = useTranslation('session')
  const navigate = useNavigate()
  const welcome = useQuery(welcomeQuery())
  const create = useCreateAdministrator()

  if (welcome.data && !welcome.data.AdministratorNeeded) {
    return (
      <NarrowPage title={t('welcome.title')}>
        <Notice title={t('welcome.done')}>
          <Link to="/login">{t('logIn.title')}</Link>
        </Notice>
      </NarrowPage>
    )
  }
  return (
    <NarrowPage title={t('welcome.title')} hint={t('welcome.hint')}>
      {token ? (
        <NewAccountForm
          submitLabel={t('welcome.submit')}
          isBusy={create.isPending}
          error={create.error}
          onSubmit={(account) =>
            create.mutate(
              { Token: token, UserName: account.userName, Password: account.password },
              { onSuccess: () => void navigate({ to: '/', replace: true, ignoreBlocker: true }) },
            )
          }
        />
      ) : (
        <Notice tone="warn" title={t('welcome.noToken')}>
          {t('welcome.noTokenHint')}
        </Notice>
      )}
    </NarrowPage>
  )
}
