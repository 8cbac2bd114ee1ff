/** The one number a card is about, with its unit. Screen readers hear it when it changes. */
export function BigNumber({ value, unit, note }: { value: string; unit: string; note?: string }) {
  return (
    <div aria-live="polite">
      <p>
        <span className="font-semibold text-3xl tabular-nums">{value}</span> {unit}
      </p>
      {note && <p className="text-ink-soft text-sm">{note}</p>}
    </div>
  )
}
