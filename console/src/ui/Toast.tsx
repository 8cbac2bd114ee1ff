import { Toast as Base } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

function ToastList() {
  const { toasts } = Base.useToastManager()
  const { t } = useTranslation()
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="pointer-events-auto flex items-start justify-between gap-3 rounded-md border border-line bg-surface p-3 text-ink shadow-lg"
    >
      <div className="min-w-0">
        <Base.Title className="font-medium" />
        <Base.Description className="wrap-anywhere text-ink-soft text-sm" />
      </div>
      <Base.Close
        aria-label={t('close')}
        className="cursor-pointer rounded px-1 text-ink-soft hover:bg-sunken"
      >
        ×
      </Base.Close>
    </Base.Root>
  ))
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider>
      {children}
      <Base.Portal>
        <Base.Viewport className="pointer-events-none fixed right-4 bottom-4 z-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

/** Tells of something that was done, beside the page. */
export function useToast() {
  const { add } = Base.useToastManager()
  return (title: string, description?: string) => void add({ title, description })
}
