import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Toast {
  id: number
  title: string
  description?: string
}

type Tell = (title: string, description?: string) => void

const kShownMs = 6_000

const ToastContext = createContext<Tell>(() => {})

/** Shows what `useToast` is told, in a corner, for some seconds; screen readers hear it when they are free. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const drop = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), [])
  const tell = useCallback<Tell>(
    (title, description) => {
      const id = performance.now()
      setToasts((shown) => [...shown, { id, title, description }])
      setTimeout(() => drop(id), kShownMs)
    },
    [drop],
  )
  return (
    <ToastContext value={tell}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed right-4 bottom-4 z-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2"
      >
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className="pointer-events-auto flex items-start justify-between gap-3 rounded-md border border-line bg-surface p-3 text-ink shadow-lg"
          >
            <div className="min-w-0">
              <p className="font-medium">{toast.title}</p>
              {toast.description && (
                <p className="wrap-anywhere text-ink-soft text-sm">{toast.description}</p>
              )}
            </div>
            <button
              type="button"
              aria-label={t('close')}
              onClick={() => drop(toast.id)}
              className="cursor-pointer rounded px-1 text-ink-soft hover:bg-sunken"
            >
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

/** Tells of something that was done, beside the page. */
export function useToast(): Tell {
  return useContext(ToastContext)
}
