import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'
import { TextField } from './Field'
import { ErrorState } from './States'

/** A question or form above the page. Escape and a click beside it close it. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
}: {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Base.Popup className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[min(36rem,calc(100vw-2rem))] flex-col gap-4 overflow-y-auto rounded-lg border border-line bg-surface p-5 text-ink shadow-xl">
          <Base.Title className="font-semibold text-lg">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** Asks before something is destroyed, says what will be, and takes the name typed when that is much. */
export function ConfirmDialog({
  title,
  consequence,
  confirmLabel,
  mustType,
  isOpen,
  onClose,
  onConfirm,
}: {
  title: string
  consequence: ReactNode
  confirmLabel: string
  mustType?: string
  isOpen: boolean
  onClose: () => void
  onConfirm: () => Promise<unknown>
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)

  async function confirm() {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      setTyped('')
      onClose()
    } catch (cause) {
      setError(cause as Error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <div>{consequence}</div>
      {mustType && (
        <TextField
          label={t('confirmTyping', { name: mustType })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {error && <ErrorState error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          look="danger"
          isBusy={isBusy}
          disabled={mustType !== undefined && typed !== mustType}
          onClick={() => void confirm()}
        >
          {confirmLabel}
        </Button>
      </div>
    </Dialog>
  )
}
