import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '@/api/fields'
import { useMay } from '@/api/session'
import {
  type PreviewPerson,
  type TemplateContent,
  type TemplateType,
  templatePreviewQuery,
} from '@/api/templates'
import { formatCount } from '@/lib/format'
import { useDebounced } from '@/lib/useDebounced'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { FieldGroup } from '@/ui/Form'
import { Grid, Stack } from '@/ui/Layout'
import { ErrorState, Skeleton } from '@/ui/States'
import { readDefaults, writeDefaults, written } from './content'
import { PersonPicker } from './PersonPicker'
import { Preview } from './Preview'
import { Problems } from './Problems'
import { TemplateFields, useProblems } from './TemplateFields'
import { TestSend } from './TestSend'
import { Variables } from './Variables'
import { suggestionsOf } from './variables'

const kPreviewDelay = 300

/** Writing on one side, and beside it what somebody would get. */
export function TemplateWriter({
  app,
  type,
  content,
  isFixed = false,
  onChange,
  endpoint,
  onEndpoint,
  children,
}: {
  app: string
  type: TemplateType
  content: TemplateContent
  /** It can be looked at only. */
  isFixed?: boolean
  onChange: (content: TemplateContent) => void
  endpoint: string | undefined
  onEndpoint: (endpoint: string | undefined) => void
  children?: ReactNode
}) {
  const { t } = useTranslation('templates')
  const [madeUp, setMadeUp] = useState<PreviewPerson | null>(null)
  const person =
    madeUp ?? (endpoint ? ({ kind: 'endpoint', endpoint } as const) : ({ kind: 'nobody' } as const))
  const settled = useDebounced(
    useMemo(() => ({ type, content: written(content), person }), [type, content, person]),
    kPreviewDelay,
  )
  const maySend = useMay()('pinpoint.SendMessages')
  const preview = useQuery(templatePreviewQuery(app, settled))
  const fields = useQuery(fieldsQuery(app))
  const suggestions = useMemo(
    () =>
      suggestionsOf(fields.data?.Fields ?? [], t('function'), (field) =>
        t('filledBy', { people: formatCount(field.EndpointCount, 'short') }),
      ),
    [fields.data, t],
  )
  const problemOf = useProblems(preview.data?.Problems)
  const defaults = readDefaults('DefaultSubstitutions' in content ? content.DefaultSubstitutions : undefined)
  return (
    <Grid columns={2}>
      <Stack>
        {children}
        <Card title={t('message')}>
          <FieldGroup isFixed={isFixed}>
            <TemplateFields
              type={type}
              content={content}
              onChange={onChange}
              suggestions={suggestions}
              problemOf={problemOf}
            />
            <TextField
              label={t('description')}
              isOptional
              value={content.TemplateDescription ?? ''}
              onChange={(event) => onChange({ ...content, TemplateDescription: event.target.value })}
            />
          </FieldGroup>
        </Card>
      </Stack>
      <Stack>
        <Card title={t('preview')} hint={t('previewHint')}>
          <PersonPicker
            app={app}
            endpoint={endpoint}
            onEndpoint={onEndpoint}
            madeUp={madeUp}
            onMadeUp={setMadeUp}
          />
          {preview.error && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
          {preview.isPending && <Skeleton lines={6} />}
          {preview.data && (
            <>
              <Problems problems={preview.data.Problems} />
              <Preview app={app} preview={preview.data} content={content} />
            </>
          )}
        </Card>
        {preview.data && type !== 'INAPP' && (
          <FieldGroup isFixed={isFixed}>
            <Variables
              variables={preview.data.Variables}
              defaults={defaults}
              onDefaults={(next) => onChange({ ...content, DefaultSubstitutions: writeDefaults(next) })}
            />
          </FieldGroup>
        )}
        {preview.data && type !== 'INAPP' && maySend && (
          <TestSend app={app} type={type} preview={preview.data} />
        )}
      </Stack>
    </Grid>
  )
}
