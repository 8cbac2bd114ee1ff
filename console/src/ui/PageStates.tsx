import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { Link } from './Button'
import { Page } from './Page'
import { EmptyState, ErrorState, Skeleton } from './States'

export function PageLoading() {
  return (
    <div className="p-6">
      <Skeleton lines={8} />
    </div>
  )
}

export function PageError({ error }: ErrorComponentProps) {
  const router = useRouter()
  const { t } = useTranslation()
  if (error instanceof ApiError && error.status === 403)
    return (
      <Page title={t('notAllowed')}>
        <EmptyState title={t('notAllowed')} hint={t('notAllowedHint')} />
      </Page>
    )
  return (
    <div className="p-6">
      <ErrorState
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => void router.invalidate()}
      />
    </div>
  )
}

export function PageMissing() {
  const { t } = useTranslation()
  return (
    <Page title={t('missing')}>
      <EmptyState
        title={t('missing')}
        hint={t('missingHint')}
        action={
          <Link look="primary" to="/">
            {t('goHome')}
          </Link>
        }
      />
    </Page>
  )
}
