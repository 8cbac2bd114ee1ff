import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Completion, complete, completionAt, type Suggestion, suggestionsFor } from '@/lib/completion'
import { classes } from './classes'
import { TextArea, TextField } from './Field'

type Box = HTMLInputElement | HTMLTextAreaElement

/** A text whose variables are completed while one types `{{`: the arrows choose, Enter or Tab takes, Escape closes. */
export function CompletedField({
  label,
  value,
  onChange,
  suggestions,
  rows = 1,
  hint,
  error,
  isCode,
  isOptional,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  suggestions: readonly Suggestion[]
  rows?: number
  hint?: string
  error?: string
  isCode?: boolean
  isOptional?: boolean
}) {
  const { t } = useTranslation()
  const list = useId()
  const box = useRef<Box | null>(null)
  const caretNext = useRef<number | null>(null)
  const [open, setOpen] = useState<Completion | null>(null)
  const [at, setAt] = useState(0)
  const offered = open ? suggestionsFor(open.word, suggestions) : []
  const isOpen = offered.length > 0

  useLayoutEffect(() => {
    if (caretNext.current === null) return
    box.current?.setSelectionRange(caretNext.current, caretNext.current)
    caretNext.current = null
  })

  function look(target: Box) {
    setOpen(completionAt(target.value, target.selectionStart ?? 0))
    setAt(0)
  }
  function take(suggestion: Suggestion | undefined) {
    if (!open || !suggestion || !box.current) return
    const completed = complete(value, box.current.selectionStart ?? value.length, open, suggestion.text)
    caretNext.current = completed.caret
    setOpen(null)
    box.current.focus()
    onChange(completed.text)
  }
  function onKeyDown(event: KeyboardEvent<Box>) {
    if (!isOpen) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setAt((at + step + offered.length) % offered.length)
    else if (event.key === 'Enter' || event.key === 'Tab') take(offered[at])
    else if (event.key === 'Escape') setOpen(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const field = {
    label,
    value,
    hint,
    error,
    isOptional,
    onKeyDown,
    ref: (element: Box | null) => {
      box.current = element
    },
    onChange: (event: { target: Box }) => {
      onChange(event.target.value)
      look(event.target)
    },
    onClick: () => setOpen(null),
    onBlur: () => setOpen(null),
    autoComplete: 'off',
    'aria-autocomplete': 'list' as const,
    'aria-controls': isOpen ? list : undefined,
    'aria-activedescendant': isOpen ? `${list}-${at}` : undefined,
  }
  return (
    <div className="relative flex min-w-0 flex-col">
      {rows > 1 ? <TextArea {...field} rows={rows} isCode={isCode} /> : <TextField {...field} />}
      {isOpen && (
        <div
          id={list}
          role="listbox"
          aria-label={t('variables')}
          className="absolute top-full z-30 mt-1 w-full overflow-hidden rounded-md border border-line-strong bg-surface shadow-lg"
        >
          {offered.map((suggestion, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus; the arrows move over the options.
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the text takes the option.
            <div
              key={suggestion.text}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
              className={classes(
                'flex cursor-pointer flex-wrap justify-between gap-2 px-3 py-1.5',
                index === at && 'bg-accent-soft',
              )}
            >
              <span className="wrap-anywhere font-mono text-sm">{suggestion.text}</span>
              {suggestion.detail && <span className="text-ink-soft text-sm">{suggestion.detail}</span>}
            </div>
          ))}
        </div>
      )}
      <span role="status" className="sr-only">
        {isOpen ? t('suggestions', { count: offered.length }) : ''}
      </span>
    </div>
  )
}
