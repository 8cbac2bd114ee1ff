import { Children, type ReactNode } from 'react'

/** What a list is narrowed by, in one line above it; below each other where it is narrow. */
export function FilterBar({ children, label }: { children: ReactNode; label: string }) {
  return (
    <search
      aria-label={label}
      className="grid gap-3 sm:grid-cols-[minmax(0,2fr)_repeat(auto-fit,minmax(9rem,1fr))]"
    >
      {Children.map(children, (child) => (
        <div className="min-w-0">{child}</div>
      ))}
    </search>
  )
}
