import { useTranslation } from 'react-i18next'
import { classes } from './classes'

export interface Step {
  value: string
  label: string
  /** Something on it must be mended. */
  isWrong?: boolean
}

/** The steps of a guided way, the one that is shown marked; each can be gone to. */
export function Steps({
  label,
  steps,
  value,
  onChange,
}: {
  label: string
  steps: readonly Step[]
  value: string
  onChange: (value: string) => void
}) {
  const { t } = useTranslation()
  return (
    <nav aria-label={label}>
      <ol className="flex flex-wrap gap-1">
        {steps.map((step, index) => {
          const isShown = step.value === value
          return (
            <li key={step.value}>
              <button
                type="button"
                aria-current={isShown ? 'step' : undefined}
                onClick={() => onChange(step.value)}
                className={classes(
                  'flex min-h-9 cursor-pointer items-center gap-2 rounded-full border px-3 py-1',
                  isShown ? 'border-accent bg-accent-soft font-semibold' : 'border-line bg-surface',
                )}
              >
                <span aria-hidden="true" className={step.isWrong ? 'text-bad' : 'text-ink-soft'}>
                  {step.isWrong ? '!' : index + 1}
                </span>
                {step.label}
                {step.isWrong && <span className="sr-only">({t('toMend')})</span>}
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
