import { Popover } from '@base-ui/react/popover'
import { useState } from 'react'
import { TextField } from './Field'

export interface PickerOption {
  value: string
  label: string
  note?: string
}

/** A button that opens a search; what is found is picked with one press. */
export function Picker({
  label,
  searchLabel,
  query,
  options,
  empty,
  onQuery,
  onPick,
}: {
  label: string
  searchLabel: string
  query: string
  options: readonly PickerOption[]
  empty: string
  onQuery: (query: string) => void
  onPick: (value: string) => void
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-ink hover:bg-sunken">
        + {label}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="start" className="z-50">
          <Popover.Popup
            aria-label={label}
            className="flex w-72 max-w-[calc(100vw-2rem)] flex-col gap-2 rounded-md border border-line bg-surface p-3 text-ink shadow-lg"
          >
            <TextField
              type="search"
              label={searchLabel}
              value={query}
              onChange={(event) => onQuery(event.target.value)}
            />
            <ul className="flex max-h-64 flex-col overflow-y-auto">
              {options.map((option) => (
                <li key={option.value}>
                  <button
                    type="button"
                    className="flex w-full cursor-pointer items-baseline justify-between gap-2 rounded px-2 py-1.5 text-left hover:bg-sunken focus-visible:bg-sunken"
                    onClick={() => {
                      setOpen(false)
                      onPick(option.value)
                    }}
                  >
                    <span className="wrap-anywhere">{option.label}</span>
                    {option.note && <span className="shrink-0 text-ink-soft text-xs">{option.note}</span>}
                  </button>
                </li>
              ))}
              {options.length === 0 && <li className="px-2 py-1.5 text-ink-soft">{empty}</li>}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
