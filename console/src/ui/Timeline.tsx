import type { ReactNode } from 'react'
import { classes } from './classes'

export interface TimelineItem {
  key: string
  /** The moment in words; `exact` is the machine's form of it. */
  when: string
  exact: string
  isAccented: boolean
  title: ReactNode
  children?: ReactNode
}

/** What happened, one below the other along a line, the newest first. */
export function Timeline({ label, items }: { label: string; items: readonly TimelineItem[] }) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {items.map((item) => (
        <li key={item.key} className="relative flex gap-3 pb-4 pl-1 last:pb-0">
          <span
            aria-hidden="true"
            className="absolute top-3 bottom-0 left-[0.56rem] w-px bg-line last:hidden"
          />
          <span
            aria-hidden="true"
            className={classes(
              'relative mt-1.5 size-3 shrink-0 rounded-full border-2 border-surface',
              item.isAccented ? 'bg-accent' : 'bg-line-strong',
            )}
          />
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="wrap-anywhere flex flex-wrap items-center gap-2 font-medium">
                {item.title}
              </span>
              <time dateTime={item.exact} className="text-ink-soft text-sm">
                {item.when}
              </time>
            </div>
            {item.children}
          </div>
        </li>
      ))}
    </ol>
  )
}
