import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/api/session'
import {
  type StoredTemplate,
  type TemplateType,
  templateQuery,
  useDeleteTemplate,
  useUpdateTemplate,
} from '@/api/templates'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/Dialog'
import { Row } from '@/ui/Layout'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { ErrorState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Code } from '@/ui/Text'
import { useToast } from '@/ui/Toast'
import { contentOf, written } from './content'
import { TemplateVersions } from './TemplateVersions'
import { TemplateWriter } from './TemplateWriter'

export interface TemplatePageSearch {
  tab?: 'versions'
  version?: string
  endpoint?: string
}

interface TemplatePageProps {
  app: string
  type: TemplateType
  name: string
  search: TemplatePageSearch
}

/** One template: its content beside its preview, and its versions. */
export function TemplatePage(props: TemplatePageProps) {
  const { t } = useTranslation('templates')
  const { type, name, search } = props
  const template = useQuery(templateQuery(type, name, search.version))
  return template.data ? (
    <StoredTemplatePage key={`${type}/${name}/${search.version}`} {...props} template={template.data} />
  ) : (
    <Page title={name} hint={t(`types.${type}`)}>
      <Loaded query={template}>{() => null}</Loaded>
    </Page>
  )
}

function StoredTemplatePage({
  app,
  type,
  name,
  search,
  template,
}: TemplatePageProps & { template: StoredTemplate }) {
  const { t } = useTranslation('templates')
  const navigate = useNavigate()
  const may = useMay()
  const toast = useToast()
  const update = useUpdateTemplate()
  const [content, setContent] = useState(() => contentOf(template))
  const [isDeleting, setDeleting] = useState(false)
  const isChanged = JSON.stringify(written(content)) !== JSON.stringify(written(contentOf(template)))
  const look = (change: TemplatePageSearch, ignoreBlocker?: boolean) =>
    void navigate({
      to: '/apps/$app/templates/$type/$name',
      params: { app, type: type.toLowerCase(), name },
      search: { ...search, ...change },
      replace: true,
      ignoreBlocker,
    })
  const save = () =>
    update.mutate(
      { type, name, content: written(content), as: 'version' },
      {
        onSuccess: () => {
          toast(t('saved'))
          if (search.version) look({ version: undefined }, true)
        },
      },
    )
  const mayWrite = may('pinpoint.UpdateEmailTemplate')
  const actions = (
    <>
      {may('pinpoint.DeleteEmailTemplate') && (
        <Button look="danger" onClick={() => setDeleting(true)}>
          {t('words:delete')}
        </Button>
      )}
      {mayWrite && (
        <Button look="primary" disabled={!isChanged} isBusy={update.isPending} onClick={save}>
          {t('saveVersion')}
        </Button>
      )}
    </>
  )
  return (
    <Page title={name} hint={template.TemplateDescription} actions={actions}>
      <Row>
        <Badge>{t(`types.${type}`)}</Badge>
        <Badge>{t('versionNumber', { version: template.Version })}</Badge>
        {isChanged && <Badge tone="warn">{t('unsaved')}</Badge>}
      </Row>
      <LeaveGuard isChanged={isChanged} lostWith={['version']} />
      {update.error && <ErrorState error={update.error} />}
      <Tabs
        label={name}
        value={search.tab ?? 'write'}
        onChange={(tab) => look({ tab: tab === 'versions' ? 'versions' : undefined })}
        tabs={[
          {
            value: 'write',
            label: t('write'),
            content: (
              <TemplateWriter
                app={app}
                type={type}
                content={content}
                isFixed={!mayWrite}
                onChange={setContent}
                endpoint={search.endpoint}
                onEndpoint={(endpoint) => look({ endpoint })}
              />
            ),
          },
          {
            value: 'versions',
            label: t('versions'),
            content: (
              <TemplateVersions
                type={type}
                name={name}
                onView={(version) => look({ tab: undefined, version })}
              />
            ),
          },
        ]}
      />
      <DeleteTemplate
        app={app}
        type={type}
        name={name}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
      />
    </Page>
  )
}

function DeleteTemplate({
  app,
  type,
  name,
  isOpen,
  onClose,
}: {
  app: string
  type: TemplateType
  name: string
  isOpen: boolean
  onClose: () => void
}) {
  const { t } = useTranslation('templates')
  const navigate = useNavigate()
  const remove = useDeleteTemplate()
  return (
    <ConfirmDialog
      title={t('deleteTitle')}
      consequence={
        <p>
          <Code>{name}</Code> {t('deleteConsequence')}
        </p>
      }
      confirmLabel={t('words:delete')}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync({ type, name })
        await navigate({ to: '/apps/$app/templates', params: { app }, ignoreBlocker: true })
      }}
    />
  )
}
