/** Apart from the page, so that its route reads them without loading it. */
export const kPersonTabs = ['timeline', 'endpoints', 'segments', 'recommended'] as const
