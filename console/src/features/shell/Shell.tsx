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
  const params = { app }
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
      navigation={
        <Navigation
          label={t('nav.label')}
          groups={[
            {
              links: [
                <NavigationLink key="home" to="/apps/$app" params={params} activeOptions={{ exact: true }}>
                  {t('nav.home')}
                </NavigationLink>,
              ],
            },
            {
              title: t('group.audience'),
              links: [
                <NavigationLink key="segments" to="/apps/$app/segments" params={params}>
                  {t('nav.segments')}
                </NavigationLink>,
                <NavigationLink key="people" to="/apps/$app/people" params={params}>
                  {t('nav.people')}
                </NavigationLink>,
                <NavigationLink key="imports" to="/apps/$app/imports" params={params}>
                  {t('nav.imports')}
                </NavigationLink>,
              ],
            },
            {
              title: t('group.messages'),
              links: [
                <NavigationLink key="templates" to="/apps/$app/templates" params={params}>
                  {t('nav.templates')}
                </NavigationLink>,
                <NavigationLink key="campaigns" to="/apps/$app/campaigns" params={params}>
                  {t('nav.campaigns')}
                </NavigationLink>,
                <NavigationLink key="calendar" to="/apps/$app/calendar" params={params}>
                  {t('nav.calendar')}
                </NavigationLink>,
              ],
            },
            {
              title: t('group.insight'),
              links: [
                <NavigationLink key="learning" to="/apps/$app/learning" params={params}>
                  {t('nav.learning')}
                </NavigationLink>,
              ],
            },
            {
              links: [
                <NavigationLink key="settings" to="/apps/$app/settings" params={params}>
                  {t('nav.settings')}
                </NavigationLink>,
              ],
            },
          ]}
        />
      }
    >
      {children}
    </AppShell>
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
