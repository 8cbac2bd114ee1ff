import { type ReactNode, useId } from 'react'
import { classes } from './classes'

/** One condition of a definition: what it is about, its fields, what is wrong with it, and a way to take it out. */
export function ConditionBox({
  title,
  error,
  hint,
  onRemove,
  removeLabel,
  children,
}: {
  title: string
  error?: string
  hint?: string
  onRemove?: () => void
  removeLabel: string
  children: ReactNode
}) {
  const id = useId()
  return (
    <fieldset
      aria-describedby={error ? id : undefined}
      className={classes(
        'relative flex min-w-0 flex-col gap-2 rounded-md border bg-page p-3',
        error ? 'border-bad' : 'border-line',
      )}
    >
      <legend className="sr-only">{title}</legend>
      <div className="flex items-center justify-between gap-2">
        <span aria-hidden="true" className="font-semibold text-sm">
          {title}
        </span>
        {onRemove && (
          <button
            type="button"
            aria-label={removeLabel}
            onClick={onRemove}
            className="min-h-7 min-w-7 cursor-pointer rounded text-ink-soft hover:bg-sunken hover:text-ink"
          >
            ×
          </button>
        )}
      </div>
      {children}
      {hint && <p className="text-ink-soft text-sm">{hint}</p>}
      {error && (
        <p id={id} role="alert" className="wrap-anywhere text-bad text-sm">
          {error}
        </p>
      )}
    </fieldset>
  )
}

/** Fields side by side, each as wide as it needs, below each other where it is narrow. */
export function FieldRow({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] items-start gap-2">
      {children}
    </div>
  )
}

/** A word that joins what stands above and below it: and, or. */
export function Joint({ children }: { children: ReactNode }) {
  return <p className="px-3 font-medium text-ink-soft text-sm uppercase">{children}</p>
}

/** Conditions that hold together, set apart by a line at their side. */
export function Together({ children }: { children: ReactNode }) {
  return <div className="flex min-w-0 flex-col gap-2 border-accent border-l-4 pl-3">{children}</div>
}

/** A part of the page that is being asked for again: what it shows is from before. */
export function Dimmed({ isDim, children }: { isDim: boolean; children: ReactNode }) {
  return (
    <div aria-busy={isDim} className={classes('transition-opacity', isDim && 'opacity-50')}>
      {children}
    </div>
  )
}
