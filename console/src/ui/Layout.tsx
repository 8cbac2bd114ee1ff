import type { ReactNode } from 'react'
import { classes } from './classes'

type Gap = 'none' | 'small' | 'medium' | 'large'
const kGaps: Record<Gap, string> = { none: 'gap-0', small: 'gap-2', medium: 'gap-4', large: 'gap-6' }

/** Children one below the other. */
export function Stack({ children, gap = 'medium' }: { children: ReactNode; gap?: Gap }) {
  return <div className={classes('flex min-w-0 flex-col', kGaps[gap])}>{children}</div>
}

const kJustify = { start: 'justify-start', end: 'justify-end', between: 'justify-between' }
const kAlign = { start: 'items-start', center: 'items-center', end: 'items-end', baseline: 'items-baseline' }

/** Children side by side; they wrap when there is no room. */
export function Row({
  children,
  gap = 'small',
  justify = 'start',
  align = 'center',
}: {
  children: ReactNode
  gap?: Gap
  justify?: keyof typeof kJustify
  align?: keyof typeof kAlign
}) {
  return (
    <div className={classes('flex min-w-0 flex-wrap', kGaps[gap], kJustify[justify], kAlign[align])}>
      {children}
    </div>
  )
}

const kColumns = {
  2: 'lg:grid-cols-2',
  3: 'sm:grid-cols-2 lg:grid-cols-3',
  4: 'sm:grid-cols-2 xl:grid-cols-4',
  'main-aside': 'lg:grid-cols-[minmax(0,1fr)_22rem]',
}

/** Children in columns of equal width (or one wide and one narrow), one column on a narrow screen. */
export function Grid({ children, columns = 2 }: { children: ReactNode; columns?: keyof typeof kColumns }) {
  return (
    <div className={classes('grid grid-cols-[minmax(0,1fr)] items-start gap-4', kColumns[columns])}>
      {children}
    </div>
  )
}

/** Stays in sight while the rest of the page scrolls, on wide screens. */
export function Sticky({ children }: { children: ReactNode }) {
  return <div className="lg:sticky lg:top-4">{children}</div>
}
