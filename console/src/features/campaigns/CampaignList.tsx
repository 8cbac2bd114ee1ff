import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import {
  type CampaignStatus,
  campaignSearchQuery,
  type FoundCampaign,
  kCampaignsPerPage,
} from '@/api/campaigns'
import { useMay } from '@/api/session'
import { formatMoment } from '@/lib/format'
import { Link } from '@/ui/Button'
import { SelectField } from '@/ui/Field'
import { Page } from '@/ui/Page'
import { SearchableList } from '@/ui/SearchableList'
import { Table } from '@/ui/Table'
import { Text } from '@/ui/Text'
import { StateBadge } from './StateBadge'

const kStates: readonly CampaignStatus[] = [
  'EXECUTING',
  'SCHEDULED',
  'PENDING_NEXT_RUN',
  'PAUSED',
  'COMPLETED',
  'INVALID',
  'DELETED',
]

export interface CampaignListSearch {
  query?: string
  state?: CampaignStatus
  sort?: 'NEWEST' | 'NAME'
  pages?: string[]
}

export function CampaignList({ app, search }: { app: string; search: CampaignListSearch }) {
  const { t } = useTranslation('campaigns')
  const navigate = useNavigate()
  const may = useMay()
  const found = useQuery(
    campaignSearchQuery(app, {
      query: search.query,
      state: search.state,
      sort: search.sort,
      token: search.pages?.at(-1),
    }),
  )
  const look = (change: CampaignListSearch) =>
    void navigate({
      to: '/apps/$app/campaigns',
      params: { app },
      search: { ...search, pages: undefined, ...change },
    })
  const create = may('pinpoint.CreateCampaign') && (
    <Link look="primary" to="/apps/$app/campaigns/new" params={{ app }}>
      {t('create')}
    </Link>
  )
  return (
    <Page title={t('title')} actions={create}>
      <SearchableList
        noun="campaigns"
        search={search}
        isFiltered={search.state !== undefined}
        found={found}
        pageSize={kCampaignsPerPage}
        create={create}
        onSearch={look}
        filter={
          <SelectField
            label={t('words:status')}
            value={search.state ?? ''}
            onChange={(event) =>
              look({ state: (event.target.value || undefined) as CampaignStatus | undefined })
            }
            options={[['', t('anyState')], ...kStates.map((state) => [state, t(`states.${state}`)] as const)]}
          />
        }
      >
        {(items) => <CampaignTable app={app} items={items} />}
      </SearchableList>
    </Page>
  )
}

function CampaignTable({ app, items }: { app: string; items: readonly FoundCampaign[] }) {
  const { t } = useTranslation('campaigns')
  const when = ({ StartTime, Frequency }: FoundCampaign) => {
    if (!StartTime || StartTime === 'IMMEDIATE') return t('immediately')
    const moment = /(Z|[+-]\d{2}:?\d{2})$/.test(StartTime)
      ? formatMoment(StartTime)
      : StartTime.slice(0, 16).replace('T', ' ')
    return Frequency === 'ONCE' ? moment : t('from', { moment })
  }
  return (
    <Table
      label={t('title')}
      items={items}
      keyOf={({ Id }) => Id}
      columns={[
        {
          key: 'name',
          title: t('name'),
          cell: (item) => (
            <>
              <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign: item.Id }}>
                {item.Name}
              </Link>
              {item.Description && (
                <Text tone="soft" size="small">
                  {item.Description}
                </Text>
              )}
            </>
          ),
        },
        {
          key: 'state',
          title: t('words:status'),
          cell: (item) => <StateBadge state={item.CampaignStatus} />,
        },
        {
          key: 'how',
          title: t('how'),
          cell: (item) => (
            <>
              {t(`frequencies.${item.Frequency}`)}
              <Text tone="soft" size="small">
                {when(item)}
              </Text>
            </>
          ),
        },
        {
          key: 'test',
          title: t('test'),
          cell: (item) =>
            [
              item.TreatmentCount > 1 && t('treatmentCount', { count: item.TreatmentCount }),
              item.HoldoutPercent && t('holdoutShort', { percent: item.HoldoutPercent }),
            ]
              .filter(Boolean)
              .join(', ') || '–',
        },
        { key: 'changed', title: t('changed'), cell: (item) => formatMoment(item.LastModifiedDate) },
      ]}
    />
  )
}
