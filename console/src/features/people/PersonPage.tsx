import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endpointsQuery, useDeletePerson, type Who } from '@/api/people'
import { useMay } from '@/api/session'
import { Button } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/Dialog'
import { Loaded } from '@/ui/Loaded'
import { Page } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'
import { Text } from '@/ui/Text'
import { useToast } from '@/ui/Toast'
import { EndpointsTab } from './EndpointsTab'
import { PersonSegments } from './PersonSegments'
import { RecommendedTab } from './RecommendedTab'
import { TimelineTab } from './TimelineTab'
import { kPersonTabs } from './tabs'

export interface PersonSearch {
  tab?: (typeof kPersonTabs)[number]
  kind?: 'EVENT' | 'MESSAGE'
  campaign?: string
}
export interface PersonTabProps {
  who: Who
  search: PersonSearch
  onSearch: (search: PersonSearch) => void
}

/** All that is known of one person. */
export function PersonPage(props: PersonTabProps) {
  const { t } = useTranslation('people')
  const { who, search, onSearch } = props
  const may = useMay()
  const endpoints = useQuery(endpointsQuery(who))
  const mayDelete = may(who.user === undefined ? 'pinpoint.DeleteEndpoint' : 'pinpoint.DeleteUserEndpoints')
  const name = who.user ?? who.endpoint ?? ''
  const tabs = kPersonTabs.filter((tab) => tab !== 'recommended' || who.user !== undefined)
  const views = { timeline: TimelineTab, segments: PersonSegments, recommended: RecommendedTab }
  return (
    <Page
      title={name}
      hint={who.user === undefined ? t('endpointWithoutUser') : undefined}
      actions={mayDelete && endpoints.data && <DeletePerson who={who} name={name} />}
    >
      <Loaded query={endpoints}>
        {(items) => (
          <Tabs
            label={t('views')}
            value={search.tab ?? 'timeline'}
            onChange={(tab) => onSearch({ tab })}
            tabs={tabs.map((tab) => {
              const label = t(`tabs.${tab}`)
              if (tab === 'endpoints') {
                const content = <EndpointsTab who={who} endpoints={items} />
                return { value: tab, label, content }
              }
              const View = views[tab]
              return { value: tab, label, content: <View {...props} /> }
            })}
          />
        )}
      </Loaded>
    </Page>
  )
}

function DeletePerson({ who, name }: { who: Who; name: string }) {
  const { t } = useTranslation('people')
  const [isAsked, setAsked] = useState(false)
  const remove = useDeletePerson(who)
  const navigate = useNavigate()
  const toast = useToast()
  return (
    <>
      <Button look="danger" onClick={() => setAsked(true)}>
        {t('delete')}
      </Button>
      <ConfirmDialog
        title={t('deleteTitle', { name })}
        consequence={<Text>{t(who.user === undefined ? 'deleteEndpoint' : 'deleteUser')}</Text>}
        confirmLabel={t('delete')}
        mustType={name}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={async () => {
          await remove.mutateAsync()
          toast(t('deleted', { name }))
          void navigate({ to: '/apps/$app/people', params: { app: who.app } })
        }}
      />
    </>
  )
}
