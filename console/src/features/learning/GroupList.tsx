import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { datasetGroupsQuery, nameOfArn, useCreateDatasetGroup } from '@/api/datasets'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Button, Link } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { SelectField, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { resourceName } from './schema'
import { StatusBadge } from './status'

/** The groups of data there is to learn from. */
export function GroupList({ app }: { app: string }) {
  const { t } = useTranslation('learning')
  const groups = useQuery(datasetGroupsQuery())
  const may = useMay()
  const [isCreating, setCreating] = useState(false)
  const create = may('personalize.CreateDatasetGroup') && (
    <Button look="primary" onClick={() => setCreating(true)}>
      {t('groups.create')}
    </Button>
  )
  return (
    <Page title={t('groups.title')} hint={t('groups.hint')} actions={create}>
      <List listing={groups} empty={<EmptyState title={t('groups.empty')} hint={t('groups.emptyHint')} />}>
        {(items) => (
          <Table
            label={t('groups.title')}
            items={items}
            keyOf={(group) => group.datasetGroupArn ?? ''}
            columns={[
              {
                key: 'name',
                title: t('words:name'),
                cell: (group) => (
                  <Link
                    to="/apps/$app/learning/$group"
                    params={{ app, group: nameOfArn(group.datasetGroupArn ?? '') }}
                  >
                    {group.name}
                  </Link>
                ),
              },
              {
                key: 'domain',
                title: t('groups.domain'),
                cell: (group) => t(`domain.${group.domain ?? 'none'}`),
              },
              {
                key: 'status',
                title: t('words:status'),
                cell: (group) => <StatusBadge status={group.status} />,
              },
              {
                key: 'created',
                title: t('words:created'),
                cell: (group) => formatMoment((group.creationDateTime ?? 0) * 1000),
              },
            ]}
          />
        )}
      </List>
      <CreateGroup isOpen={isCreating} onClose={() => setCreating(false)} />
    </Page>
  )
}

type Domain = '' | 'VIDEO_ON_DEMAND' | 'ECOMMERCE'

function CreateGroup({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation('learning')
  const create = useCreateDatasetGroup()
  const [name, setName] = useState('')
  const [domain, setDomain] = useState<Domain>('')
  return (
    <Dialog title={t('groups.create')} isOpen={isOpen} onClose={onClose}>
      <Form
        error={create.error}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ name: resourceName(name), ...(domain ? { domain } : {}) }, { onSuccess: onClose })
        }}
        buttons={
          <>
            <Button onClick={onClose}>{t('words:cancel')}</Button>
            <Button
              look="primary"
              type="submit"
              isBusy={create.isPending}
              disabled={resourceName(name) === ''}
            >
              {t('words:create')}
            </Button>
          </>
        }
      >
        <TextField label={t('words:name')} value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField
          label={t('groups.domain')}
          hint={t('groups.domainHint')}
          value={domain}
          onChange={(event) => setDomain(event.target.value as Domain)}
          options={[
            ['', t('domain.none')],
            ['VIDEO_ON_DEMAND', t('domain.VIDEO_ON_DEMAND')],
            ['ECOMMERCE', t('domain.ECOMMERCE')],
          ]}
        />
      </Form>
    </Dialog>
  )
}
