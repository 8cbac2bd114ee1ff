import type { ReactNode } from 'react'

/** One number with its unit and what it means. */
export function Stat({ label, value, hint }: { label: string; value: ReactNode; hint?: string }) {
  return (
    <div className="flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4">
      <span className="text-ink-soft text-sm">{label}</span>
      <span className="font-semibold text-2xl tabular-nums">{value}</span>
      {hint && <span className="text-ink-soft text-sm">{hint}</span>}
    </div>
  )
}
