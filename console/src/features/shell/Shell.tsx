import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { appQuery } from '@/api/apps'
import { AppShell, Navigation } from '@/ui/AppShell'
import { Link, NavigationLink } from '@/ui/Button'
import { Bar } from './Bar'

/** What surrounds every page of an application. */
export function Shell({ app, children }: { app: string; children: ReactNode }) {
  const { t } = useTranslation()
  const name = useQuery(appQuery(app)).data?.Name ?? app
  return (
    <AppShell
      brand={
        <>
          <Link to="/">{t('product')}</Link>
          <span aria-hidden="true">/</span>
          <strong>{name}</strong>
        </>
      }
      bar={<Bar />}
      navigation={<AppNavigation app={app} />}
    >
      {children}
    </AppShell>
  )
}

/** Where one can go, in groups as one works: whom, what, what came of it. */
const kGroups = [
  { pages: [['home', '/apps/$app']] },
  {
    title: 'audience',
    pages: [
      ['segments', '/apps/$app/segments'],
      ['people', '/apps/$app/people'],
      ['imports', '/apps/$app/imports'],
    ],
  },
  {
    title: 'messages',
    pages: [
      ['templates', '/apps/$app/templates'],
      ['campaigns', '/apps/$app/campaigns'],
      ['calendar', '/apps/$app/calendar'],
    ],
  },
  { title: 'insight', pages: [['learning', '/apps/$app/learning']] },
  { pages: [['settings', '/apps/$app/settings']] },
] as const

function AppNavigation({ app }: { app: string }) {
  const { t } = useTranslation()
  return (
    <Navigation
      label={t('nav.label')}
      groups={kGroups.map(({ pages, ...group }) => ({
        title: 'title' in group ? t(`group.${group.title}`) : undefined,
        links: pages.map(([name, to]) => (
          <NavigationLink key={name} to={to} params={{ app }} activeOptions={{ exact: name === 'home' }}>
            {t(`nav.${name}`)}
          </NavigationLink>
        )),
      }))}
    />
  )
}

/** What surrounds the pages that belong to no application. */
export function PlainShell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <AppShell brand={<Link to="/">{t('product')}</Link>} bar={<Bar />} navigation={null}>
      {children}
    </AppShell>
  )
}
