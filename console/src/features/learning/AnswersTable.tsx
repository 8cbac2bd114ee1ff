import { useTranslation } from 'react-i18next'
import type { ActionAnswers } from '@/api/models'
import { formatCount } from '@/lib/format'
import { Card } from '@/ui/Card'
import { Table } from '@/ui/Table'

/** How users answered each action, and whether that was enough to score it. */
export function AnswersTable({ answers }: { answers: ActionAnswers[] }) {
  const { t } = useTranslation('learning')
  const count = (kind: 'viewed' | 'taken' | 'notTaken') => ({
    key: kind,
    title: t(`report.${kind}`),
    isNumber: true,
    cell: (one: ActionAnswers) => formatCount(one[kind]),
  })
  return (
    <Card title={t('report.answersTitle')}>
      <Table
        label={t('report.answersTitle')}
        items={answers}
        keyOf={({ action }) => action}
        columns={[
          { key: 'action', title: t('report.actions'), cell: ({ action }) => action },
          count('viewed'),
          count('taken'),
          count('notTaken'),
          {
            key: 'scores',
            title: t('report.scores'),
            cell: ({ hasScores }) => (hasScores ? t('report.yes') : t('report.tooFew')),
          },
        ]}
      />
    </Card>
  )
}
