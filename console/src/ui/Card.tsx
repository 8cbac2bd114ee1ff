import type { ReactNode } from 'react'
import { Heading } from './Text'

/** A surface with a title that holds one thing. */
export function Card({
  title,
  actions,
  children,
  hint,
}: {
  title?: string
  hint?: string
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      {(title || actions) && (
        <header className="flex flex-wrap items-center justify-between gap-2">
          <div className="min-w-0">
            {title && <Heading>{title}</Heading>}
            {hint && <p className="text-ink-soft text-sm">{hint}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  )
}
