import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appsQuery, useCreateApp } from '@/api/apps'
import { useMay } from '@/api/session'
import { Button, Link } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'
import { SampleCard } from './SampleCard'

export function AppList() {
  const { t } = useTranslation()
  const apps = useQuery(appsQuery())
  const may = useMay()
  const [isCreating, setCreating] = useState(false)
  const create = may('pinpoint.CreateApp') && (
    <Button look="primary" onClick={() => setCreating(true)}>
      {t('apps.create')}
    </Button>
  )
  return (
    <Page title={t('apps.title')} actions={create}>
      <List listing={apps} empty={<EmptyState title={t('apps.empty')} hint={t('apps.emptyHint')} />}>
        {(items) => (
          <Table
            label={t('apps.title')}
            items={items}
            keyOf={(app) => app.Id}
            columns={[
              {
                key: 'name',
                title: t('name'),
                cell: (app) => (
                  <Link to="/apps/$app" params={{ app: app.Id }}>
                    {app.Name}
                  </Link>
                ),
              },
              { key: 'id', title: 'ID', cell: (app) => <Code>{app.Id}</Code> },
            ]}
          />
        )}
      </List>
      {may('rapport.LoadSample') && <SampleCard />}
      <CreateApp isOpen={isCreating} onClose={() => setCreating(false)} />
    </Page>
  )
}

function CreateApp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateApp()
  const [name, setName] = useState('')
  return (
    <Dialog title={t('apps.create')} isOpen={isOpen} onClose={onClose}>
      <Form
        error={create.error}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(name, {
            onSuccess: (app) => void navigate({ to: '/apps/$app', params: { app: app.Id } }),
          })
        }}
        buttons={
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button look="primary" type="submit" isBusy={create.isPending} disabled={name.trim() === ''}>
              {t('create')}
            </Button>
          </>
        }
      >
        <TextField label={t('apps.name')} value={name} onChange={(event) => setName(event.target.value)} />
      </Form>
    </Dialog>
  )
}
