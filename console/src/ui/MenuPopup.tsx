import { Menu as Base } from '@base-ui/react/menu'

import { kTriggerLook, type MenuProps, TriggerFace } from './menuTrigger'

/** The menu itself; `Menu` loads it when the page is there. */
export default function MenuPopup({ label, children, items, hasCaret }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger aria-label={label} className={kTriggerLook}>
        <TriggerFace hasCaret={hasCaret}>{children}</TriggerFace>
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
