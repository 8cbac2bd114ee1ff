import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ComponentProps, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { type Segment, segmentQuery, useCreateSegment, useUpdateSegment } from '@/api/segments'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Joint } from '@/ui/Condition'
import { SelectField, TextField } from '@/ui/Field'
import { Grid, Row, Stack, Sticky } from '@/ui/Layout'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { ErrorState } from '@/ui/States'
import { addGroup } from './form/edits'
import { fromWire } from './form/fromWire'
import { GroupCard } from './form/GroupCard'
import { PreviewCard, usePreview } from './form/Preview'
import { type Combination, type Definition, kCombinations, newDefinition } from './form/state'
import { suggestionsOf } from './form/suggestions'
import { partNamedBy, toWire } from './form/toWire'
import { finishedPart, unfinishedOf } from './form/unfinished'

export function NewSegment({ app }: { app: string }) {
  const { t } = useTranslation('builder')
  const create = useCreateSegment(app)
  const [definition] = useState(newDefinition)
  return <Builder app={app} title={t('new')} name="" definition={definition} save={create} />
}

export function EditSegment({ app, segment }: { app: string; segment: string }) {
  const query = useQuery({ ...segmentQuery(app, segment), refetchOnWindowFocus: false })
  return <Loaded query={query}>{(stored) => <EditStored app={app} stored={stored} />}</Loaded>
}

function EditStored({ app, stored }: { app: string; stored: Segment }) {
  const { t } = useTranslation('builder')
  const update = useUpdateSegment(app, stored.Id)
  // What was stored when the page was opened: a newer version must not replace what is being typed.
  const [definition] = useState(() => fromWire(stored))
  if (stored.SegmentType === 'IMPORT') {
    return (
      <Page title={stored.Name ?? stored.Id}>
        <Notice tone="warn" title={t('importedFixed')}>
          <Link to="/apps/$app/segments/$segment" params={{ app, segment: stored.Id }}>
            {stored.Name}
          </Link>
        </Notice>
      </Page>
    )
  }
  return (
    <Builder
      app={app}
      segment={stored.Id}
      title={t('edit', { name: stored.Name })}
      name={stored.Name ?? ''}
      definition={definition}
      save={update}
    />
  )
}

interface BuilderProps {
  app: string
  segment?: string
  title: string
  name: string
  definition: Definition
  save: ReturnType<typeof useCreateSegment> | ReturnType<typeof useUpdateSegment>
}

function Builder({ app, segment, title, save, ...first }: BuilderProps) {
  const { t } = useTranslation('builder')
  const navigate = useNavigate()
  const [name, setName] = useState(first.name)
  const [definition, setDefinition] = useState(first.definition)
  const [facet, setFacet] = useState('ChannelType')
  const fields = useQuery(fieldsQuery(app))
  const suggestions = useMemo(() => suggestionsOf(fields.data), [fields.data])
  const asked = useMemo(() => finishedPart(definition), [definition])
  const unfinished = useMemo(() => unfinishedOf(definition), [definition])
  const preview = usePreview(app, toWire(asked), facet)

  const problem = save.error ?? (preview.isOld ? null : preview.error)
  const part = problem ? partNamedBy(problem.message, save.error ? definition : asked) : undefined
  const errors = new Map(part && problem ? [[part, problem.message]] : [])

  function submit() {
    save.mutate(
      { Name: name.trim(), ...toWire(definition) },
      {
        onSuccess: (made) =>
          void navigate({
            to: '/apps/$app/segments/$segment',
            params: { app, segment: made.Id },
            ignoreBlocker: true,
          }),
      },
    )
  }
  const form = { app, definition, suggestions, errors, unfinished, onChange: setDefinition }

  return (
    <Page
      title={title}
      actions={
        <>
          <Link
            look="secondary"
            to={segment ? '/apps/$app/segments/$segment' : '/apps/$app/segments'}
            params={{ app, segment: segment ?? '' }}
          >
            {t('words:cancel')}
          </Link>
          <Button
            look="primary"
            isBusy={save.isPending}
            disabled={name.trim() === '' || unfinished.size > 0}
            onClick={submit}
          >
            {t('words:save')}
          </Button>
        </>
      }
    >
      {save.error && !part && <ErrorState error={save.error} />}
      <Grid columns="main-aside">
        <Stack>
          <Card>
            <TextField
              label={t('words:name')}
              value={name}
              hint={name.trim() === '' ? t('nameHint') : undefined}
              onChange={(event) => setName(event.target.value)}
            />
          </Card>
          <Groups {...form} />
        </Stack>
        <Sticky>
          <PreviewCard
            app={app}
            preview={preview}
            unfinished={unfinished.size}
            isErrorShownElsewhere={part !== undefined && save.error === null}
            facet={facet}
            onFacet={setFacet}
          />
        </Sticky>
      </Grid>
      <LeaveGuard isChanged={definition !== first.definition || name !== first.name} />
    </Page>
  )
}

function Groups(form: Omit<ComponentProps<typeof GroupCard>, 'group' | 'number'>) {
  const { t } = useTranslation('builder')
  const { definition, onChange } = form
  const include = definition.include ?? 'ALL'
  return (
    <>
      {definition.groups.length > 1 && (
        <SelectField
          label={t('include.label')}
          value={include}
          onChange={(event) =>
            onChange({ ...definition, shape: 'groups', include: event.target.value as Combination })
          }
          options={kCombinations.map((one) => [one, t(`include.${one}`)] as const)}
        />
      )}
      {definition.groups.length === 0 && <Notice title={t('everyone')}>{t('everyoneHint')}</Notice>}
      {definition.groups.map((group, at) => (
        <Stack key={group.id} gap="small">
          {at > 0 && <Joint>{t(include === 'ALL' ? 'and' : 'or')}</Joint>}
          <GroupCard {...form} group={group} number={at + 1} />
        </Stack>
      ))}
      <Row>
        <Button onClick={() => onChange(addGroup(definition))}>+ {t('addGroup')}</Button>
      </Row>
    </>
  )
}
