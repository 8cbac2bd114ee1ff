/** How far long work is; `share` from 0 to 1, or undefined while that is not known. */
export function Progress({ label, share, detail }: { label: string; share?: number; detail?: string }) {
  return (
    <div className="flex flex-col gap-1">
      <div className="flex justify-between gap-2 text-sm">
        <span>{label}</span>
        {detail && <span className="text-ink-soft tabular-nums">{detail}</span>}
      </div>
      <progress
        aria-label={label}
        className="h-2 w-full overflow-hidden rounded-full accent-accent"
        max={1}
        {...(share === undefined ? {} : { value: share })}
      />
    </div>
  )
}
