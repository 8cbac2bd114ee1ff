import { Menu as Base } from '@base-ui/react/menu'
import type { ReactNode } from 'react'

export interface MenuItem {
  label: string
  isDangerous?: boolean
  isDisabled?: boolean
  onSelect: () => void
}

/** A button that opens a list of things to do. */
export function Menu({
  label,
  children,
  items,
}: {
  label: string
  children: ReactNode
  items: readonly MenuItem[]
}) {
  return (
    <Base.Root>
      <Base.Trigger
        aria-label={label}
        className="inline-flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-ink hover:bg-sunken"
      >
        {children}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className="min-w-44 rounded-md border border-line bg-surface py-1 text-ink shadow-lg">
            {items.map((item) => (
              <Base.Item
                key={item.label}
                disabled={item.isDisabled}
                onClick={item.onSelect}
                className={`cursor-pointer px-3 py-1.5 data-disabled:opacity-60 data-highlighted:bg-sunken ${item.isDangerous ? 'text-bad' : ''}`}
              >
                {item.label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
