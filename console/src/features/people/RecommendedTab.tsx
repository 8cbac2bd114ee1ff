import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shape } from '@/api/client'
import { explanationQuery, type Question, recommendedQuery } from '@/api/recommendations'
import { recommendingQuery } from '@/api/recommenders'
import { formatShare } from '@/lib/format'
import { BarChart } from '@/ui/BarChart'
import { Button, Link } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { SelectField } from '@/ui/Field'
import { Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code, Text } from '@/ui/Text'
import type { PersonTabProps } from './PersonPage'

/** What is foretold of a person: items or actions with their scores, and why. */
export function RecommendedTab({ who, search, onSearch }: PersonTabProps) {
  const { t } = useTranslation('people')
  const recommending = useQuery(recommendingQuery())
  return (
    <List
      listing={recommending}
      empty={
        <EmptyState
          title={t('recommended.none')}
          hint={t('recommended.noneHint')}
          action={
            <Link look="primary" to="/apps/$app/learning" params={{ app: who.app }}>
              {t('recommended.learn')}
            </Link>
          }
        />
      }
    >
      {(all) => {
        const chosen = all.find(({ arn }) => arn === search.campaign) ?? all[0]
        if (!chosen) return null
        return (
          <Stack>
            <SelectField
              label={t('recommended.by')}
              value={chosen.arn}
              options={all.map(({ arn, name }) => [arn, name] as const)}
              onChange={(event) => onSearch({ tab: 'recommended', campaign: event.target.value })}
            />
            <Recommended question={{ campaignArn: chosen.arn, userId: who.user ?? '', what: chosen.what }} />
          </Stack>
        )
      }}
    </List>
  )
}

function Recommended({ question }: { question: Question }) {
  const { t } = useTranslation('people')
  const recommended = useQuery(recommendedQuery(question))
  const [explained, setExplained] = useState<string | null>(null)
  return (
    <>
      <List listing={recommended} empty={<EmptyState title={t('recommended.nobody')} />}>
        {(items) => (
          <Table
            label={t('tabs.recommended')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              {
                key: 'id',
                title: t(question.what === 'actions' ? 'recommended.action' : 'recommended.item'),
                cell: ({ id }) => <Code>{id}</Code>,
              },
              {
                key: 'score',
                title: t('recommended.score'),
                isNumber: true,
                cell: ({ score }) => (score === undefined ? '–' : score.toFixed(4)),
              },
              {
                key: 'why',
                title: t('recommended.reasons'),
                cell: ({ id }) => (
                  <Button
                    look="quiet"
                    aria-label={`${t('recommended.why')} ${id}`}
                    onClick={() => setExplained(id)}
                  >
                    {t('recommended.why')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      <Dialog
        title={`${t('recommended.why')} ${explained ?? ''}`}
        isOpen={explained !== null}
        onClose={() => setExplained(null)}
      >
        {explained !== null && <Reasons question={question} id={explained} />}
      </Dialog>
    </>
  )
}

function Reasons({ question, id }: { question: Question; id: string }) {
  const { t } = useTranslation('people')
  const explanation = useQuery(explanationQuery(question, id))
  const words = ({ Kind, ItemId, Column, Value }: Shape<'rapport.RecommendationReason'>) => {
    const what = ItemId ?? [Column, Value].filter((part) => part !== undefined).join(' ')
    return t(`recommended.kind.${Kind}`, { what })
  }
  return (
    <Loaded query={explanation}>
      {({ Reasons: reasons }) =>
        reasons.length === 0 ? (
          <Text>{t('recommended.noReasons')}</Text>
        ) : (
          <BarChart
            title={t('recommended.reasons')}
            valueName={t('recommended.score')}
            formatValue={(share) => formatShare(share)}
            bars={reasons.map((reason) => ({ label: words(reason), value: reason.Share }))}
          />
        )
      }
    </Loaded>
  )
}
