import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Model, modelsQuery } from '@/api/models'
import { recommendationCampaignsQuery, useServeModel } from '@/api/recommendations'
import { useMay } from '@/api/session'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { EmptyState, ErrorState } from '@/ui/States'
import { Answers } from './Answers'
import { asksFor, isAboutItem, recipeNameOf } from './recipes'
import { resourceName } from './schema'
import { StatusBadge } from './status'

function canBeAsked({ solution, versions }: Model): boolean {
  return (
    asksFor(recipeNameOf(solution.recipeArn)) !== 'segments' &&
    versions.some(({ status }) => status === 'ACTIVE')
  )
}

/** Asks a model for a user, and shows why it answers so. */
export function TryTab({ groupArn, preferred }: { groupArn: string; preferred?: string }) {
  const { t } = useTranslation('learning')
  const models = useQuery(modelsQuery(groupArn))
  const [picked, setPicked] = useState(preferred)
  return (
    <Loaded query={models}>
      {(all) => {
        const askable = all.filter(canBeAsked)
        const model = askable.find(({ solution }) => solution.solutionArn === picked) ?? askable[0]
        if (!model) return <EmptyState title={t('try.empty')} hint={t('try.emptyHint')} />
        return (
          <Stack>
            <SelectField
              label={t('try.model')}
              value={model.solution.solutionArn}
              onChange={(event) => setPicked(event.target.value)}
              options={askable.map(({ solution }) => [
                solution.solutionArn ?? '',
                `${solution.name} · ${t(`recipe.${recipeNameOf(solution.recipeArn)}.name`, { defaultValue: recipeNameOf(solution.recipeArn) })}`,
              ])}
            />
            <TryModel key={model.solution.solutionArn} model={model} />
          </Stack>
        )
      }}
    </Loaded>
  )
}

function TryModel({ model }: { model: Model }) {
  const { t } = useTranslation('learning')
  const recipe = recipeNameOf(model.solution.recipeArn)
  const campaigns = useQuery(recommendationCampaignsQuery(model.solution.solutionArn ?? ''))
  const [form, setForm] = useState({ user: '', item: '' })
  const [asked, setAsked] = useState<{ user: string; item: string } | null>(null)
  const needsItem = isAboutItem(recipe)
  return (
    <Loaded query={campaigns}>
      {(all) => {
        const campaign = all.find(({ status }) => status === 'ACTIVE')
        if (!campaign?.campaignArn) return <ServeCard model={model} status={all[0]?.status} />
        return (
          <Card title={t('try.title')}>
            <form
              onSubmit={(event) => {
                event.preventDefault()
                setAsked(form)
              }}
            >
              <Row align="end" gap="medium">
                <TextField
                  label={t('try.user')}
                  value={form.user}
                  onChange={(event) => setForm({ ...form, user: event.target.value })}
                />
                {needsItem && (
                  <TextField
                    label={t('try.item')}
                    value={form.item}
                    onChange={(event) => setForm({ ...form, item: event.target.value })}
                  />
                )}
                <Button
                  look="primary"
                  type="submit"
                  disabled={form.user === '' || (needsItem && form.item === '')}
                >
                  {t('try.ask')}
                </Button>
              </Row>
            </form>
            {asked && (
              <Answers
                question={{
                  campaignArn: campaign.campaignArn,
                  userId: asked.user,
                  itemId: asked.item || undefined,
                  what: asksFor(recipe) === 'actions' ? 'actions' : 'items',
                }}
              />
            )}
          </Card>
        )
      }}
    </Loaded>
  )
}

/** A model answers once it is served; this starts that. */
function ServeCard({ model, status }: { model: Model; status?: string }) {
  const { t } = useTranslation('learning')
  const may = useMay()
  const serve = useServeModel(model.solution.solutionArn ?? '')
  const version = model.versions.find((one) => one.status === 'ACTIVE')
  return (
    <Card title={t('serve.title')} hint={t('serve.hint')} actions={<StatusBadge status={status} />}>
      {serve.error && <ErrorState error={serve.error} />}
      {!status && may('personalize.CreateCampaign') && (
        <Row>
          <Button
            look="primary"
            isBusy={serve.isPending}
            onClick={() =>
              serve.mutate({
                name: resourceName(model.solution.name ?? 'campaign'),
                solutionVersionArn: version?.solutionVersionArn ?? '',
              })
            }
          >
            {t('serve.start')}
          </Button>
        </Row>
      )}
    </Card>
  )
}
