import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { classes } from './classes'

export interface MonthDay {
  day: string
  /** The day in full, for screen readers. */
  label: string
  number: string
  isOutside: boolean
  isToday: boolean
  content: ReactNode
}

const kSteps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** A month as a grid of days; the arrow keys go from day to day. On a narrow screen, a list of the days that hold something. */
export function MonthGrid({
  label,
  weekdays,
  weeks,
}: {
  label: string
  weekdays: readonly string[]
  weeks: readonly (readonly MonthDay[])[]
}) {
  const id = useId()
  const table = useRef<HTMLTableElement>(null)
  const days = weeks.flat()
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      days.findIndex(({ isToday }) => isToday),
    ),
  )
  function onKeyDown(event: KeyboardEvent<HTMLTableElement>) {
    const step = kSteps[event.key]
    if (!step || !(event.target instanceof HTMLTableCellElement)) return
    event.preventDefault()
    const next = Math.min(days.length - 1, Math.max(0, at + step))
    setAt(next)
    table.current?.querySelector<HTMLElement>(`[data-day="${days[next]?.day}"]`)?.focus()
  }
  return (
    <>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid of days is a table one moves in by arrows.
        role="grid"
        aria-labelledby={`${id}-label`}
        onKeyDown={onKeyDown}
        className="hidden w-full table-fixed border-collapse bg-surface md:table"
      >
        <caption id={`${id}-label`} className="sr-only">
          {label}
        </caption>
        <thead>
          <tr>
            {weekdays.map((name) => (
              <th key={name} scope="col" className="border border-line p-1 font-medium text-ink-soft text-sm">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.day}>
              {week.map((one) => (
                <td
                  key={one.day}
                  // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a cell of a grid takes the focus.
                  role="gridcell"
                  data-day={one.day}
                  tabIndex={days[at]?.day === one.day ? 0 : -1}
                  aria-current={one.isToday ? 'date' : undefined}
                  onFocus={() => setAt(days.findIndex(({ day }) => day === one.day))}
                  className={classes('h-28 border border-line p-1 align-top', one.isOutside && 'bg-sunken')}
                >
                  <time
                    dateTime={one.day}
                    className={classes(
                      'inline-block min-w-6 rounded-full px-1 text-center text-sm',
                      one.isToday ? 'bg-accent font-semibold text-accent-ink' : 'text-ink-soft',
                    )}
                  >
                    <span aria-hidden="true">{one.number}</span>
                    <span className="sr-only">{one.label}</span>
                  </time>
                  {one.content}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ol className="flex flex-col gap-3 md:hidden">
        {days
          .filter(({ content, isOutside }) => content && !isOutside)
          .map((one) => (
            <li key={one.day} className="rounded-lg border border-line bg-surface p-3">
              <h2 className="mb-1 font-semibold">{one.label}</h2>
              {one.content}
            </li>
          ))}
      </ol>
    </>
  )
}

/** What happens on a day, one below the other, small. */
export function DayList({ children }: { children: ReactNode }) {
  return <ul className="mt-1 flex flex-col gap-0.5 text-sm wrap-anywhere leading-snug">{children}</ul>
}
