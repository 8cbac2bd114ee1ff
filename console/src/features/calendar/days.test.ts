import { describe, expect, it } from 'vitest'
import { dayAfter, dayIn, monthAfter, spanOf, weeksOf } from './days'

describe('The days of a calendar', () => {
  it('are whole weeks that hold the month, Monday first', () => {
    const weeks = weeksOf('2026-11')
    expect(weeks).toHaveLength(6)
    expect(weeks[0]?.[0]).toBe('2026-10-26')
    expect(weeks.at(-1)?.at(-1)).toBe('2026-12-06')
    expect(weeksOf('2027-02')).toHaveLength(4)
    expect(spanOf(weeks)).toEqual({ from: '2026-10-25T00:00:00Z', to: '2026-12-08T00:00:00Z' })
  })

  it('depend on the zone one looks from', () => {
    const moment = new Date('2026-11-30T20:00:00Z')
    expect(dayIn('UTC', moment)).toBe('2026-11-30')
    expect(dayIn('Asia/Taipei', moment)).toBe('2026-12-01')
  })

  it('go over the ends of months and years', () => {
    expect(monthAfter('2026-12', 1)).toBe('2027-01')
    expect(monthAfter('2026-01', -1)).toBe('2025-12')
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29')
  })
})
