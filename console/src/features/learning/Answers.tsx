import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shape } from '@/api/client'
import { explanationQuery, type Question, recommendedQuery } from '@/api/recommendations'
import { formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Loaded } from '@/ui/Loaded'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** What a model recommends, each with its reasons at hand. */
export function Answers({ question }: { question: Question }) {
  const { t } = useTranslation('learning')
  const recommended = useQuery(recommendedQuery(question))
  const [explained, setExplained] = useState<string | null>(null)
  return (
    <>
      <List listing={recommended} empty={<EmptyState title={t('try.nothing')} hint={t('try.nothingHint')} />}>
        {(all) => (
          <Table
            label={t('try.answers', { user: question.userId })}
            items={all}
            keyOf={({ id }) => id}
            columns={[
              {
                key: 'id',
                title: question.what === 'actions' ? t('try.action') : t('try.item'),
                cell: ({ id }) => <Code>{id}</Code>,
              },
              {
                key: 'score',
                title: t('try.score'),
                isNumber: true,
                cell: ({ score }) => (score === undefined ? '' : score.toFixed(4)),
              },
              { key: 'reasons', title: t('try.note'), cell: ({ reasons }) => reasons.join(', ') },
              {
                key: 'why',
                title: t('try.why'),
                cell: ({ id }) => (
                  <Button look="quiet" onClick={() => setExplained(id)} aria-label={t('try.whyOf', { id })}>
                    {t('try.why')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      <Dialog
        title={t('try.whyOf', { id: explained })}
        isOpen={explained !== null}
        onClose={() => setExplained(null)}
      >
        {explained !== null && <Explanation question={question} id={explained} />}
      </Dialog>
    </>
  )
}

function Explanation({ question, id }: { question: Question; id: string }) {
  const { t } = useTranslation('learning')
  const explanation = useQuery(explanationQuery(question, id))
  const words = (reason: Shape<'rapport.RecommendationReason'>) =>
    t(`reason.${reason.Kind}`, { item: reason.ItemId, column: reason.Column, value: reason.Value })
  return (
    <Loaded query={explanation}>
      {({ Reasons }) =>
        Reasons.length === 0 ? (
          <EmptyState title={t('try.noReason')} />
        ) : (
          <BarChart
            title={t('try.reasons')}
            valueName={t('try.share')}
            formatValue={formatShare}
            bars={Reasons.map((reason) => ({ label: words(reason), value: reason.Share }))}
          />
        )
      }
    </Loaded>
  )
}
