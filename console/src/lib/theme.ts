export type Theme = 'system' | 'light' | 'dark'

const kStored = 'rapport.theme'

function storedTheme(): Theme {
  const stored = localStorage.getItem(kStored)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function applyStoredTheme(): void {
  const theme = storedTheme()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function changeTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(kStored)
  else localStorage.setItem(kStored, theme)
  applyStoredTheme()
}
