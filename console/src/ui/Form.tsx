import type { FormEvent, ReactNode } from 'react'
import { LeaveGuard } from './LeaveGuard'
import { ErrorState } from './States'

/** Fields that can be looked at and not changed, while `isFixed`. */
export function FieldGroup({ isFixed, children }: { isFixed: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={isFixed} className="contents">
      {children}
    </fieldset>
  )
}

/** Fields with what went wrong below them and the buttons at the end. `isChanged`: ask before they are left. */
export function Form({
  children,
  buttons,
  error,
  isChanged,
  lostWith,
  onSubmit,
}: {
  children: ReactNode
  buttons: ReactNode
  error?: Error | null
  isChanged?: boolean
  lostWith?: readonly string[]
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
}) {
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      {children}
      {isChanged !== undefined && <LeaveGuard isChanged={isChanged} lostWith={lostWith} />}
      {error && <ErrorState error={error} />}
      <div className="flex flex-wrap justify-end gap-2">{buttons}</div>
    </form>
  )
}
