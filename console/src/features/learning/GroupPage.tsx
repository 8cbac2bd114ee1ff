import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { datasetGroupsQuery, nameOfArn } from '@/api/datasets'
import { useMay } from '@/api/session'
import { Link } from '@/ui/Button'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { PageMissing } from '@/ui/PageStates'
import { Tabs } from '@/ui/Tabs'
import { DataTab } from './DataTab'
import { ModelsTab } from './ModelsTab'
import { TryTab } from './TryTab'

type GroupTab = 'data' | 'models' | 'try'

/** One group: its data, the models made of it, and what they recommend. */
export function GroupPage({
  app,
  group,
  tab,
  solution,
}: {
  app: string
  group: string
  tab: GroupTab
  solution?: string
}) {
  const { t } = useTranslation('learning')
  const navigate = useNavigate()
  const groups = useQuery(datasetGroupsQuery())
  const may = useMay()
  return (
    <Loaded query={groups}>
      {(all) => {
        const arn = all.find((one) => nameOfArn(one.datasetGroupArn ?? '') === group)?.datasetGroupArn
        if (!arn) return <PageMissing />
        return (
          <Page
            title={group}
            actions={
              may('rapport.CreatePredictiveSegment') && (
                <Link
                  look="secondary"
                  to="/apps/$app/segments/predictive/new"
                  params={{ app }}
                  search={{ group: arn }}
                >
                  {t('predictive')}
                </Link>
              )
            }
          >
            <Tabs
              label={group}
              value={tab}
              onChange={(next) =>
                void navigate({
                  to: '/apps/$app/learning/$group',
                  params: { app, group },
                  search: { tab: next },
                })
              }
              tabs={[
                { value: 'data', label: t('tabs.data'), content: <DataTab groupArn={arn} /> },
                { value: 'models', label: t('tabs.models'), content: <ModelsTab app={app} groupArn={arn} /> },
                {
                  value: 'try',
                  label: t('tabs.try'),
                  content: <TryTab groupArn={arn} preferred={solution} />,
                },
              ]}
            />
          </Page>
        )
      }}
    </Loaded>
  )
}
