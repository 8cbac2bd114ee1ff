import type { FormEvent, ReactNode } from 'react'
import { ErrorState } from './States'

/** Fields with what went wrong below them and the buttons at the end. */
export function Form({
  children,
  buttons,
  error,
  onSubmit,
}: {
  children: ReactNode
  buttons: ReactNode
  error?: Error | null
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
}) {
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      {children}
      {error && <ErrorState error={error} />}
      <div className="flex flex-wrap justify-end gap-2">{buttons}</div>
    </form>
  )
}
