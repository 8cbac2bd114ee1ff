import type { ReactNode } from 'react'

/** Links between the pages of one area, below its title. */
export function SubNavigation({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1 border-line border-b pb-2">
      {children}
    </nav>
  )
}
