/** Apart from the page, so that its route reads them without loading it. */
export const kSegmentTabs = ['overview', 'members', 'why', 'versions', 'overlap', 'export', 'expiry'] as const
