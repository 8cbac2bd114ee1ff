import type { ReactNode } from 'react'
import { classes } from './classes'

const kTones = {
  plain: 'text-ink',
  soft: 'text-ink-soft',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
}
const kSizes = { small: 'text-sm', medium: '', large: 'text-lg' }

export function Text({
  children,
  tone = 'plain',
  size = 'medium',
  strong = false,
}: {
  children: ReactNode
  tone?: keyof typeof kTones
  size?: keyof typeof kSizes
  strong?: boolean
}) {
  return (
    <p className={classes('wrap-anywhere', kTones[tone], kSizes[size], strong && 'font-semibold')}>
      {children}
    </p>
  )
}

/** A title inside a page; the page's own title is `Page`'s. */
export function Heading({ children, level = 2 }: { children: ReactNode; level?: 2 | 3 }) {
  return level === 2 ? (
    <h2 className="font-semibold text-lg">{children}</h2>
  ) : (
    <h3 className="font-semibold">{children}</h3>
  )
}

/** Text of machines: an id, an address, a value. */
export function Code({ children }: { children: ReactNode }) {
  return <code className="wrap-anywhere rounded bg-sunken px-1 py-0.5 font-mono text-sm">{children}</code>
}

/** Several lines of machine text, scrolled within. */
export function CodeBlock({ children, label }: { children: string; label: string }) {
  return (
    <section aria-label={label} tabIndex={0} className="max-h-96 overflow-auto rounded-md bg-sunken p-3">
      <pre className="font-mono text-sm">{children}</pre>
    </section>
  )
}

/** Read by screen readers alone. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className="sr-only">{children}</span>
}

/** Names and their values. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
