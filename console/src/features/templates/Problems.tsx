import { useTranslation } from 'react-i18next'
import type { TemplatePreview } from '@/api/templates'
import { Notice } from '@/ui/Notice'

/** Everything the server finds wrong with a message, each at its place. */
export function Problems({ problems }: { problems: TemplatePreview['Problems'] }) {
  const { t } = useTranslation('templates')
  if (problems.length === 0) return null
  const isBroken = problems.some(({ Severity }) => Severity === 'ERROR')
  return (
    <Notice tone={isBroken ? 'bad' : 'warn'} title={isBroken ? t('broken') : t('warnings')}>
      <ul>
        {problems.map(({ Part, Line, Column, Message }, index) => (
          <li key={index}>
            {[Part, Line !== undefined && t('at', { line: Line, column: Column ?? 1 })]
              .filter(Boolean)
              .join(', ')}
            {Part || Line !== undefined ? ': ' : ''}
            {Message}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
