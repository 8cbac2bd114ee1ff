import type { ReactNode } from 'react'

export interface Verdict {
  key: string
  holds: boolean
  what: ReactNode
  detail?: string
  parts: readonly Verdict[]
}

/** Conditions within conditions, each with its verdict in words and as a mark. */
export function VerdictTree({
  verdict,
  holdsLabel,
  failsLabel,
}: {
  verdict: Verdict
  holdsLabel: string
  failsLabel: string
}) {
  return (
    <ul className="flex flex-col gap-2">
      <VerdictNode verdict={verdict} holdsLabel={holdsLabel} failsLabel={failsLabel} />
    </ul>
  )
}

function VerdictNode({ verdict, ...labels }: { verdict: Verdict; holdsLabel: string; failsLabel: string }) {
  const { holds, what, detail, parts } = verdict
  return (
    <li className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <span
          aria-hidden="true"
          className={`mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full font-bold text-xs ${holds ? 'bg-good-soft text-good' : 'bg-bad-soft text-bad'}`}
        >
          {holds ? '✓' : '✗'}
        </span>
        <div className="min-w-0">
          <span className="sr-only">{holds ? labels.holdsLabel : labels.failsLabel}: </span>
          <span className="wrap-anywhere">{what}</span>
          {detail && <span className="wrap-anywhere block text-ink-soft text-sm">{detail}</span>}
        </div>
      </div>
      {parts.length > 0 && (
        <ul className="ml-2.5 flex flex-col gap-2 border-line border-l pl-4">
          {parts.map((part) => (
            <VerdictNode key={part.key} verdict={part} {...labels} />
          ))}
        </ul>
      )}
    </li>
  )
}
