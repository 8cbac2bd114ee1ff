import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'
import { TextField } from './Field'
import { ErrorState } from './States'

const DialogPopup = lazy(() => import('./DialogPopup'))

export interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}

/** A question or form above the page. Escape and a click beside it close it. */
export function Dialog(props: DialogProps) {
  if (!props.isOpen) return null
  return (
    <Suspense fallback={null}>
      <DialogPopup {...props} />
    </Suspense>
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
