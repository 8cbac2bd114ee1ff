import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** The frame of every page: skip link, top bar, navigation beside (or, on a narrow screen, below the bar) the content. */
export function AppShell({
  brand,
  bar,
  navigation,
  children,
}: {
  brand: ReactNode
  bar: ReactNode
  navigation: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-surface focus:p-2"
      >
        {t('skipToContent')}
      </a>
      <header className="flex flex-wrap items-center justify-between gap-2 border-line border-b bg-surface px-4 py-2">
        <div className="flex min-w-0 items-center gap-3">{brand}</div>
        <div className="flex flex-wrap items-center gap-1">{bar}</div>
      </header>
      <div className="flex flex-1 flex-col md:flex-row">
        {navigation}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          {children}
        </main>
      </div>
    </div>
  )
}

export interface NavigationGroup {
  title?: string
  links: readonly ReactNode[]
}

export function Navigation({ label, groups }: { label: string; groups: readonly NavigationGroup[] }) {
  return (
    <nav
      aria-label={label}
      className="flex shrink-0 gap-1 overflow-x-auto border-line border-b bg-surface p-2 md:w-52 md:flex-col md:border-r md:border-b-0 md:p-3"
    >
      {groups.map((group, index) => (
        <div key={index} className="flex gap-1 md:mb-3 md:flex-col">
          {group.title && (
            <p className="hidden px-3 pb-1 font-medium text-ink-soft text-xs uppercase tracking-wide md:block">
              {group.title}
            </p>
          )}
          {group.links}
        </div>
      ))}
    </nav>
  )
}

/** The narrow page of someone who is not in yet: log-in, first start, invitation. */
export function NarrowPage({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-5 p-4">
      <div>
        <img src="/icon.svg" alt="" className="mb-3 size-10" />
        <h1 className="font-semibold text-2xl">{title}</h1>
        {hint && <p className="text-ink-soft">{hint}</p>}
      </div>
      <div className="rounded-lg border border-line bg-surface p-5">{children}</div>
    </main>
  )
}
