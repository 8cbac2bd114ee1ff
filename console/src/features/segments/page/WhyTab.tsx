import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ExplanationNode, explanationQuery } from '@/api/segmentQuestions'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Text } from '@/ui/Text'
import { type Verdict, VerdictTree } from '@/ui/VerdictTree'
import type { TabProps } from '../SegmentPage'

/** Why somebody is in the segment or not, condition by condition. */
export function WhyTab({ app, segment, search, onSearch }: TabProps) {
  const { t } = useTranslation('segments')
  const endpoint = search.endpoint ?? ''
  const [typed, setTyped] = useState(endpoint)
  const explanation = useQuery(explanationQuery(app, segment.Id, endpoint))
  return (
    <Stack>
      <Card>
        <Form
          onSubmit={(event) => {
            event.preventDefault()
            onSearch({ tab: 'why', endpoint: typed.trim() })
          }}
          buttons={
            <Button type="submit" look="primary" disabled={typed.trim() === ''}>
              {t('why.ask')}
            </Button>
          }
        >
          <TextField
            label={t('why.label')}
            hint={t('why.hint')}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Form>
      </Card>
      {endpoint === '' ? (
        <Text tone="soft">{t('why.none')}</Text>
      ) : (
        <Loaded query={explanation}>
          {({ IsMember, Explanation }) => (
            <Card>
              <Notice
                tone={IsMember ? 'good' : 'warn'}
                title={t(IsMember ? 'why.isIn' : 'why.isOut', { endpoint })}
              />
              <VerdictTree
                verdict={verdictOf(Explanation, (actual) => t('why.actual', { actual }))}
                holdsLabel={t('why.holds')}
                failsLabel={t('why.fails')}
              />
            </Card>
          )}
        </Loaded>
      )}
    </Stack>
  )
}

function verdictOf(node: ExplanationNode, tellActual: (actual: string) => string): Verdict {
  return {
    key: `${node.Path} ${node.Rule}`,
    holds: node.Matches,
    what: node.Rule,
    detail: node.Actual === undefined ? undefined : tellActual(node.Actual),
    parts: (node.Parts ?? []).map((part) => verdictOf(part, tellActual)),
  }
}
