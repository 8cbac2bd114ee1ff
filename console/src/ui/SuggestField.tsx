import { useId } from 'react'
import { TextField } from './Field'

/** A text field that offers known values and takes others. */
export function SuggestField({
  label,
  value,
  suggestions,
  onChange,
  isLabelHidden,
  isOptional,
  hint,
  error,
}: {
  label: string
  value: string
  suggestions: readonly string[]
  onChange: (value: string) => void
  isLabelHidden?: boolean
  isOptional?: boolean
  hint?: string
  error?: string
}) {
  const list = useId()
  return (
    <>
      <TextField
        label={label}
        isLabelHidden={isLabelHidden}
        isOptional={isOptional}
        hint={hint}
        error={error}
        value={value}
        list={list}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
    </>
  )
}
