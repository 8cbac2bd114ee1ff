import {
  forwardRef,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from './classes'

interface FieldTexts {
  label: string
  hint?: string
  /** What is wrong with the value and how to mend it. */
  error?: string
  isOptional?: boolean
  /** Only screen readers hear the label: for a field whose place says what it is. */
  isLabelHidden?: boolean
}

const kBox =
  'min-h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-ink ' +
  'aria-invalid:border-bad disabled:opacity-60'

function Field({ texts, id, children }: { texts: FieldTexts; id: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <label htmlFor={id} className={texts.isLabelHidden ? 'sr-only' : 'font-medium text-sm'}>
        {texts.label}
        {texts.isOptional && <span className="font-normal text-ink-soft"> ({t('optional')})</span>}
      </label>
      {children}
      {texts.hint && (
        <p id={`${id}-hint`} className="text-ink-soft text-sm">
          {texts.hint}
        </p>
      )}
      {texts.error && (
        <p id={`${id}-error`} role="alert" className="text-bad text-sm">
          {texts.error}
        </p>
      )}
    </div>
  )
}

function described(id: string, texts: FieldTexts) {
  const ids = [texts.hint && `${id}-hint`, texts.error && `${id}-error`].filter(Boolean)
  return {
    id,
    'aria-invalid': texts.error ? true : undefined,
    'aria-describedby': ids.length > 0 ? ids.join(' ') : undefined,
  }
}

function splitTexts<Props extends FieldTexts>({
  label,
  hint,
  error,
  isOptional,
  isLabelHidden,
  ...rest
}: Props) {
  return { texts: { label, hint, error, isOptional, isLabelHidden }, rest }
}

type Plain<Props> = Omit<Props, 'className' | 'style' | 'id'>

export const TextField = forwardRef(function TextField(
  props: FieldTexts & Plain<InputHTMLAttributes<HTMLInputElement>>,
  ref: Ref<HTMLInputElement>,
) {
  const id = useId()
  const { texts, rest } = splitTexts(props)
  return (
    <Field texts={texts} id={id}>
      <input {...rest} {...described(id, texts)} ref={ref} className={classes(kBox, 'min-w-0')} />
    </Field>
  )
})

export const TextArea = forwardRef(function TextArea(
  {
    isCode,
    ...props
  }: FieldTexts & Plain<TextareaHTMLAttributes<HTMLTextAreaElement>> & { isCode?: boolean },
  ref: Ref<HTMLTextAreaElement>,
) {
  const id = useId()
  const { texts, rest } = splitTexts(props)
  return (
    <Field texts={texts} id={id}>
      <textarea
        rows={4}
        {...rest}
        {...described(id, texts)}
        ref={ref}
        className={classes(kBox, 'min-w-0', isCode && 'font-mono text-sm')}
      />
    </Field>
  )
})

export const SelectField = forwardRef(function SelectField(
  {
    options,
    ...props
  }: FieldTexts &
    Plain<SelectHTMLAttributes<HTMLSelectElement>> & {
      options: readonly (readonly [value: string, label: string])[]
    },
  ref: Ref<HTMLSelectElement>,
) {
  const id = useId()
  const { texts, rest } = splitTexts(props)
  return (
    <Field texts={texts} id={id}>
      <select {...rest} {...described(id, texts)} ref={ref} className={classes(kBox, 'min-w-28')}>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  )
})

export const CheckBox = forwardRef(function CheckBox(
  { label, hint, ...rest }: { label: string; hint?: string } & Plain<InputHTMLAttributes<HTMLInputElement>>,
  ref: Ref<HTMLInputElement>,
) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        {...rest}
        ref={ref}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-1 size-4 shrink-0 accent-accent"
      />
      <div className="min-w-0">
        <label htmlFor={id} className="wrap-anywhere">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-ink-soft text-sm">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
})

/** One of a few choices, each with a sentence that says what it means. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
  disabled,
}: {
  label: string
  options: readonly { value: Value; label: string; hint?: string }[]
  value: Value
  onChange: (value: Value) => void
  disabled?: boolean
}) {
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-2" disabled={disabled}>
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex cursor-pointer items-start gap-2 rounded-md border border-line bg-surface p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-1 accent-accent"
            />
            <span className="min-w-0">
              <span className="font-medium">{option.label}</span>
              {option.hint && <span className="block text-ink-soft text-sm">{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** Takes a file, dropped here or chosen. */
export function FileField({
  label,
  hint,
  accept,
  onFile,
}: {
  label: string
  hint?: string
  accept?: string
  onFile: (file: File) => void
}) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file) onFile(file)
      }}
      className={classes(
        'flex cursor-pointer flex-col items-center gap-2 rounded-lg border border-line-strong border-dashed p-6 text-center focus-within:outline-2 focus-within:outline-accent',
        isOver && 'bg-accent-soft',
      )}
    >
      <span className="font-medium">{label}</span>
      {hint && <span className="text-ink-soft text-sm">{hint}</span>}
      <input
        id={id}
        type="file"
        accept={accept}
        className="max-w-full text-sm file:mr-3 file:cursor-pointer file:rounded-md file:border file:border-line-strong file:border-solid file:bg-surface file:px-3 file:py-1.5 file:text-ink"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) onFile(file)
          event.target.value = ''
        }}
      />
    </label>
  )
}
