import { useBlocker } from '@tanstack/react-router'
import { createContext, type RefObject, useContext, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from './Dialog'
import { Text } from './Text'

/** Takes note of whether something in a dialog is half written. */
export const DialogGuard = createContext<RefObject<boolean>>({ current: false })

/**
 * Asks before what is half written is left: by a link, the browser's buttons, closing the tab or the dialog around it.
 * Going to where it was saved does not ask: `navigate` with `ignoreBlocker`.
 */
export function LeaveGuard({
  isChanged,
  lostWith = [],
}: {
  isChanged: boolean
  /** What of the address's search parameters takes the form away as another page would. */
  lostWith?: readonly string[]
}) {
  const inDialog = useContext(DialogGuard)
  useLayoutEffect(() => {
    inDialog.current = isChanged
    return () => {
      inDialog.current = false
    }
  }, [inDialog, isChanged])
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      const [before, after] = [current.search, next.search] as Record<string, unknown>[]
      const isElsewhere =
        current.pathname !== next.pathname || lostWith.some((name) => before?.[name] !== after?.[name])
      return isChanged && isElsewhere
    },
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  })
  return (
    <LeaveQuestion
      isOpen={blocker.status === 'blocked'}
      onStay={() => blocker.reset?.()}
      onLeave={() => blocker.proceed?.()}
    />
  )
}

export function LeaveQuestion({
  isOpen,
  onStay,
  onLeave,
}: {
  isOpen: boolean
  onStay: () => void
  onLeave: () => void
}) {
  const { t } = useTranslation()
  return (
    <ConfirmDialog
      title={t('leave.title')}
      consequence={<Text>{t('leave.consequence')}</Text>}
      confirmLabel={t('leave.confirm')}
      isOpen={isOpen}
      onClose={onStay}
      onConfirm={async () => onLeave()}
    />
  )
}
