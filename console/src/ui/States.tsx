import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { Button } from './Button'
import { Notice } from './Notice'

/** Holds the place of what is being loaded, so that nothing jumps when it comes. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('loading')} className="flex w-full flex-col gap-3 py-2">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="h-5 animate-pulse rounded bg-sunken" />
      ))}
    </div>
  )
}

/** What stands where nothing is yet, and the way on from here. */
export function EmptyState({ title, hint, action }: { title: string; hint?: string; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-lg border border-line border-dashed px-4 py-10 text-center">
      <p className="font-semibold">{title}</p>
      {hint && <p className="max-w-prose text-ink-soft">{hint}</p>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

/** Why something could not be loaded or done, in the server's words, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation()
  const isUnreachable = error instanceof ApiError && error.status === 0
  return (
    <Notice tone="bad" title={t('somethingWrong')}>
      <p>{isUnreachable ? t('unreachable') : error.message}</p>
      {onRetry && (
        <div>
          <Button onClick={onRetry}>{t('retry')}</Button>
        </div>
      )}
    </Notice>
  )
}
