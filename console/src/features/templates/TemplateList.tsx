import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/api/session'
import {
  type FoundTemplate,
  kTemplatesPerPage,
  type TemplateType,
  templateSearchQuery,
} from '@/api/templates'
import { formatMoment } from '@/lib/format'
import { Badge } from '@/ui/Badge'
import { Link } from '@/ui/Button'
import { SelectField } from '@/ui/Field'
import { Page } from '@/ui/Page'
import { SearchableList } from '@/ui/SearchableList'
import { Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { kTemplateTypes } from './content'

export interface TemplateListSearch {
  query?: string
  type?: TemplateType
  sort?: 'NEWEST' | 'NAME'
  pages?: string[]
}

export function TemplateList({ app, search }: { app: string; search: TemplateListSearch }) {
  const { t } = useTranslation('templates')
  const navigate = useNavigate()
  const may = useMay()
  const found = useQuery(
    templateSearchQuery({
      query: search.query,
      type: search.type,
      sort: search.sort,
      token: search.pages?.at(-1),
    }),
  )
  const look = (change: TemplateListSearch) =>
    void navigate({
      to: '/apps/$app/templates',
      params: { app },
      search: { ...search, pages: undefined, ...change },
    })
  const create = may('pinpoint.CreateEmailTemplate') && (
    <Link look="primary" to="/apps/$app/templates/new" params={{ app }}>
      {t('create')}
    </Link>
  )
  return (
    <Page title={t('title')} hint={t('hint')} actions={create}>
      <SearchableList
        noun="templates"
        search={search}
        isFiltered={search.type !== undefined}
        found={found}
        pageSize={kTemplatesPerPage}
        create={create}
        onSearch={look}
        filter={
          <SelectField
            label={t('type')}
            value={search.type ?? ''}
            onChange={(event) =>
              look({ type: (event.target.value || undefined) as TemplateType | undefined })
            }
            options={[
              ['', t('anyType')],
              ...kTemplateTypes.map((type) => [type, t(`types.${type}`)] as const),
            ]}
          />
        }
      >
        {(items) => <TemplateTable app={app} items={items} />}
      </SearchableList>
    </Page>
  )
}

function TemplateTable({ app, items }: { app: string; items: readonly FoundTemplate[] }) {
  const { t } = useTranslation('templates')
  return (
    <Table
      label={t('title')}
      items={items}
      keyOf={(item) => `${item.TemplateType}/${item.TemplateName}`}
      columns={[
        {
          key: 'name',
          title: t('name'),
          cell: (item) => (
            <>
              <Link
                to="/apps/$app/templates/$type/$name"
                params={{ app, type: item.TemplateType.toLowerCase(), name: item.TemplateName }}
              >
                {item.TemplateName}
              </Link>
              {item.TemplateDescription && (
                <Text tone="soft" size="small">
                  {item.TemplateDescription}
                </Text>
              )}
            </>
          ),
        },
        { key: 'type', title: t('type'), cell: (item) => <Badge>{t(`types.${item.TemplateType}`)}</Badge> },
        { key: 'version', title: t('version'), isNumber: true, cell: (item) => item.Version },
        { key: 'changed', title: t('changed'), cell: (item) => formatMoment(item.LastModifiedDate) },
      ]}
    />
  )
}
