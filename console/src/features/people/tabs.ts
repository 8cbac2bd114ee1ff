import { oneOf, textOf } from '@/lib/search'
import type { PersonSearch } from './PersonPage'

/** Apart from the page, so that its route reads them without loading it. */
export const kPersonTabs = ['timeline', 'endpoints', 'segments', 'recommended'] as const

export const personSearchOf = (search: Record<string, unknown>): PersonSearch => ({
  tab: oneOf(search, 'tab', kPersonTabs),
  kind: oneOf(search, 'kind', ['EVENT', 'MESSAGE']),
  campaign: textOf(search, 'campaign'),
})
