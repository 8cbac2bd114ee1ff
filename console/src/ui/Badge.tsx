import type { ReactNode } from 'react'
import { classes } from './classes'

const kTones = {
  plain: 'bg-sunken text-ink',
  accent: 'bg-accent-soft text-ink',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
}
export type BadgeTone = keyof typeof kTones

/** A short state or kind. Its words say what its colour says. */
export function Badge({ children, tone = 'plain' }: { children: ReactNode; tone?: BadgeTone }) {
  return (
    <span
      className={classes(
        'inline-flex items-center rounded-full px-2 py-0.5 font-medium text-xs whitespace-nowrap',
        kTones[tone],
      )}
    >
      {children}
    </span>
  )
}
