import type { ReactNode } from 'react'

interface MenuItem {
  label: string
  isDangerous?: boolean
  isDisabled?: boolean
  onSelect: () => void
}

export interface MenuProps {
  label: string
  children: ReactNode
  items: readonly MenuItem[]
  hasCaret?: boolean
}

export const kTriggerLook =
  'inline-flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-ink hover:bg-sunken'

export function TriggerFace({ children, hasCaret }: { children: ReactNode; hasCaret?: boolean }) {
  return (
    <>
      {children}
      {hasCaret && (
        <span aria-hidden="true" className="text-ink-soft text-xs">
          ▾
        </span>
      )}
    </>
  )
}
