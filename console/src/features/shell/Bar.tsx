import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { sessionQuery, useLogOut } from '@/api/session'
import { changeLanguage, kLanguages, type Language } from '@/lib/messages'
import { changeTheme, type Theme } from '@/lib/theme'
import { Menu } from '@/ui/Menu'

/** The menus of the top bar: language, theme, account. */
export function Bar() {
  return (
    <>
      <LanguageMenu />
      <ThemeMenu />
      <AccountMenu />
    </>
  )
}

function LanguageMenu() {
  const { t, i18n } = useTranslation()
  const shown = (i18n.resolvedLanguage ?? 'en') as Language
  return (
    <Menu
      hasCaret
      label={`${t('language')}: ${kLanguages[shown]}`}
      items={Object.entries(kLanguages).map(([language, name]) => ({
        label: name,
        onSelect: () => void changeLanguage(language as Language),
      }))}
    >
      {kLanguages[shown]}
    </Menu>
  )
}

const kThemes: readonly Theme[] = ['system', 'light', 'dark']

function ThemeMenu() {
  const { t } = useTranslation()
  return (
    <Menu
      label={t('theme.label')}
      items={kThemes.map((theme) => ({ label: t(`theme.${theme}`), onSelect: () => changeTheme(theme) }))}
    >
      <span aria-hidden="true">◐</span>
    </Menu>
  )
}

function AccountMenu() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useQuery(sessionQuery())
  const logOut = useLogOut()
  const name = session.data?.User?.UserName ?? ''
  const leave = (where: 'here' | 'everywhere') =>
    logOut.mutate(where, { onSuccess: () => void navigate({ to: '/login', ignoreBlocker: true }) })
  return (
    <Menu
      hasCaret
      label={`${t('account')}: ${name}`}
      items={[
        { label: t('logOut'), onSelect: () => leave('here') },
        { label: t('logOutEverywhere'), onSelect: () => leave('everywhere') },
      ]}
    >
      {name}
    </Menu>
  )
}
