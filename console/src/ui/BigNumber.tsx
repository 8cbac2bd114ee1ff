/** The one number a card is about, with its unit. */
export function BigNumber({ value, unit, note }: { value: string; unit: string; note?: string }) {
  return (
    <p aria-live="polite">
      <span className="font-semibold text-3xl tabular-nums">{value}</span> {unit}
      {note && <span className="block text-ink-soft text-sm">{note}</span>}
    </p>
  )
}
