import { type ChangeEvent, type DragEvent, type KeyboardEvent, useId, useRef, useState } from 'react'
import { classes } from './classes'

/** Takes a file that is dropped on it, or chosen after a press of the mouse, Enter or Space. */
export function DropZone({
  label,
  hint,
  accept,
  isDisabled = false,
  onFile,
}: {
  label: string
  hint?: string
  accept?: string
  isDisabled?: boolean
  onFile: (file: File) => void
}) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file && !isDisabled) onFile(file)
  }
  function choose(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0]
    if (file) onFile(file)
    event.target.value = ''
  }
  function press(event: KeyboardEvent) {
    if (event.key !== 'Enter') return
    event.preventDefault()
    input.current?.click()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; choosing one is the input's, which is reached by the keyboard.
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classes(
        'relative flex flex-col items-center gap-1 rounded-lg border-2 border-dashed px-4 py-10 text-center',
        'has-focus-visible:outline-2 has-focus-visible:outline-accent',
        isOver ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface',
      )}
    >
      <label htmlFor={id} className="cursor-pointer font-semibold after:absolute after:inset-0">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="max-w-prose text-ink-soft">
          {hint}
        </p>
      )}
      <input
        ref={input}
        id={id}
        type="file"
        accept={accept}
        disabled={isDisabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="sr-only"
        onChange={choose}
        onKeyDown={press}
      />
    </div>
  )
}
