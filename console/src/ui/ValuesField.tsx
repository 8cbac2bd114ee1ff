import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Several texts: type one and press Enter (or a comma), or take one that is offered. Backspace takes the last one back. */
export function ValuesField({
  label,
  values,
  suggestions = [],
  onChange,
  nameOf = (value) => value,
}: {
  label: string
  values: readonly string[]
  suggestions?: readonly string[]
  onChange: (values: string[]) => void
  nameOf?: (value: string) => string
}) {
  const { t } = useTranslation()
  const id = useId()
  const [typed, setTyped] = useState('')
  const offered = suggestions.filter((suggestion) => !values.includes(suggestion))

  function add(text: string) {
    const value = text.trim()
    if (value !== '' && !values.includes(value)) onChange([...values, value])
    setTyped('')
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if ((event.key === 'Enter' || event.key === ',') && typed.trim() !== '') {
      event.preventDefault()
      add(typed)
    } else if (event.key === 'Enter') {
      event.preventDefault()
    } else if (event.key === 'Backspace' && typed === '' && values.length > 0) {
      onChange(values.slice(0, -1))
    }
  }

  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      <div className="flex min-h-9 w-full flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface px-1.5 py-1 focus-within:outline-2 focus-within:outline-accent">
        {values.map((value) => (
          <span
            key={value}
            className="inline-flex max-w-full items-center gap-1 rounded bg-accent-soft pl-2 text-ink text-sm"
          >
            <span className="wrap-anywhere">{nameOf(value)}</span>
            <button
              type="button"
              aria-label={t('removeValue', { value: nameOf(value) })}
              className="min-h-6 min-w-6 cursor-pointer rounded hover:bg-sunken"
              onClick={() => onChange(values.filter((other) => other !== value))}
            >
              ×
            </button>
          </span>
        ))}
        <input
          id={id}
          list={`${id}-offered`}
          value={typed}
          autoComplete="off"
          className="min-w-24 flex-1 bg-transparent px-1 py-0.5 text-ink outline-none"
          onChange={(event) => {
            const text = event.target.value
            const wasPicked = !(event.nativeEvent as InputEvent).inputType?.startsWith('insertText')
            if (wasPicked && offered.includes(text)) add(text)
            else setTyped(text)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => add(typed)}
        />
        <datalist id={`${id}-offered`}>
          {offered.map((suggestion) => (
            <option key={suggestion} value={suggestion}>
              {nameOf(suggestion)}
            </option>
          ))}
        </datalist>
      </div>
    </div>
  )
}
