import { useTranslation } from 'react-i18next'
import type { TemplatePreview } from '@/api/templates'
import { Badge } from '@/ui/Badge'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** The variables of a message: what they are for the person shown, and what stands for them where somebody has none. */
export function Variables({
  variables,
  defaults,
  onDefaults,
}: {
  variables: TemplatePreview['Variables']
  defaults: Record<string, string>
  onDefaults: (defaults: Record<string, string>) => void
}) {
  const { t } = useTranslation('templates')
  if (variables.length === 0) return null
  return (
    <Card title={t('variablesTitle')} hint={t('defaultsHint')}>
      <Table
        label={t('variablesTitle')}
        items={variables}
        keyOf={({ Name }) => Name}
        columns={[
          { key: 'name', title: t('variable'), cell: ({ Name }) => <Code>{Name}</Code> },
          {
            key: 'value',
            title: t('value'),
            cell: ({ IsMissing, Value, Name }) =>
              IsMissing && !defaults[Name] ? <Badge tone="warn">{t('missing')}</Badge> : (Value ?? ''),
          },
          {
            key: 'default',
            title: t('default'),
            cell: ({ Name }) => (
              <TextField
                label={t('defaultOf', { name: Name })}
                isLabelHidden
                value={defaults[Name] ?? ''}
                onChange={(event) => onDefaults({ ...defaults, [Name]: event.target.value })}
              />
            ),
          },
        ]}
      />
    </Card>
  )
}
