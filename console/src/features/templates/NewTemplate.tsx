import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type TemplateContent, type TemplateType, useCreateTemplate } from '@/api/templates'
import { Button, Link } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Choice, TextField } from '@/ui/Field'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { Page } from '@/ui/Page'
import { ErrorState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { emptyContent, isTemplateName, kTemplateTypes, written } from './content'
import { TemplateWriter } from './TemplateWriter'

export interface NewTemplateSearch {
  type?: TemplateType
  endpoint?: string
}

/** A template that is not stored yet: its type and name, then its content. */
export function NewTemplate({ app, search }: { app: string; search: NewTemplateSearch }) {
  const { t } = useTranslation('templates')
  const navigate = useNavigate()
  const toast = useToast()
  const create = useCreateTemplate()
  const type = search.type ?? 'EMAIL'
  const [name, setName] = useState('')
  const [isChecked, setChecked] = useState(false)
  const [contents, setContents] = useState<Partial<Record<TemplateType, TemplateContent>>>({})
  const content = contents[type] ?? emptyContent(type)
  const isBegun = name !== '' || Object.keys(contents).length > 0
  const look = (change: NewTemplateSearch) =>
    void navigate({
      to: '/apps/$app/templates/new',
      params: { app },
      search: { ...search, ...change },
      replace: true,
    })
  function save() {
    setChecked(true)
    if (!isTemplateName(name)) return
    create.mutate(
      { type, name, content: written(content) },
      {
        onSuccess: () => {
          toast(t('created'))
          void navigate({
            to: '/apps/$app/templates/$type/$name',
            params: { app, type: type.toLowerCase(), name },
            ignoreBlocker: true,
          })
        },
      },
    )
  }
  return (
    <Page
      title={t('create')}
      actions={
        <>
          <Link look="secondary" to="/apps/$app/templates" params={{ app }}>
            {t('words:cancel')}
          </Link>
          <Button look="primary" isBusy={create.isPending} onClick={save}>
            {t('createIt')}
          </Button>
        </>
      }
    >
      <LeaveGuard isChanged={isBegun} />
      {create.error && <ErrorState error={create.error} />}
      <TemplateWriter
        key={type}
        app={app}
        type={type}
        content={content}
        onChange={(next) => setContents({ ...contents, [type]: next })}
        endpoint={search.endpoint}
        onEndpoint={(endpoint) => look({ endpoint })}
      >
        <Card>
          <Choice
            label={t('type')}
            value={type}
            onChange={(next) => look({ type: next })}
            options={kTemplateTypes.map((one) => ({
              value: one,
              label: t(`types.${one}`),
              hint: t(`typeHints.${one}`),
            }))}
          />
          <TextField
            label={t('name')}
            hint={t('nameHint')}
            value={name}
            error={isChecked && !isTemplateName(name) ? t('nameWrong') : undefined}
            onChange={(event) => setName(event.target.value)}
          />
        </Card>
      </TemplateWriter>
    </Page>
  )
}
