import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from './Field'

/** What a list is searched for. Tells of it when one stops typing. */
export function SearchField({
  label,
  hint,
  value,
  onChange,
}: {
  label?: string
  hint?: string
  value: string
  onChange: (value: string) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  const tell = useRef(onChange)
  tell.current = onChange

  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    if (typed === told.current) return
    const timer = setTimeout(() => {
      told.current = typed
      tell.current(typed)
    }, 250)
    return () => clearTimeout(timer)
  }, [typed])

  return (
    <TextField
      type="search"
      label={label ?? t('search')}
      hint={hint}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}
