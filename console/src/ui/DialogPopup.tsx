import { Dialog as Base } from '@base-ui/react/dialog'
import { useRef, useState } from 'react'
import type { DialogProps } from './Dialog'
import { DialogGuard, LeaveQuestion } from './LeaveGuard'

/** The dialog itself; `Dialog` loads it when it is first opened. */
export default function DialogPopup({ title, isOpen, onClose, children }: DialogProps) {
  const isChanged = useRef(false)
  const [isAsking, setAsking] = useState(false)
  const close = () => (isChanged.current ? setAsking(true) : onClose())
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Base.Popup className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[min(36rem,calc(100vw-2rem))] flex-col gap-4 overflow-y-auto rounded-lg border border-line bg-surface p-5 text-ink shadow-xl">
          <Base.Title className="font-semibold text-lg">{title}</Base.Title>
          <DialogGuard value={isChanged}>{children}</DialogGuard>
          <LeaveQuestion isOpen={isAsking} onStay={() => setAsking(false)} onLeave={onClose} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
