import type { ReactNode } from 'react'
import { classes } from './classes'

const kTones = {
  info: 'border-line bg-sunken text-ink',
  good: 'border-good bg-good-soft text-ink',
  warn: 'border-warn bg-warn-soft text-ink',
  bad: 'border-bad bg-bad-soft text-ink',
}

/** Something to know, within the page. A bad one is announced to screen readers at once. */
export function Notice({
  tone = 'info',
  title,
  children,
}: {
  tone?: keyof typeof kTones
  title?: string
  children?: ReactNode
}) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={classes('flex flex-col gap-1 rounded-md border border-l-4 p-3', kTones[tone])}
    >
      {title && <strong className="font-semibold">{title}</strong>}
      {children && <div className="wrap-anywhere flex flex-col gap-1">{children}</div>}
    </div>
  )
}
