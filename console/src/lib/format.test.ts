import { describe, expect, it } from 'vitest'
import { formatAddress, formatAgo, formatBytes, formatCount, formatMoment, formatShare } from './format'

describe('Formatting', () => {
  it('writes numbers with their units', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect(formatCount(1_234_567, 'short')).toBe('1.2M')
    expect(formatShare(0.1234)).toBe('12.3%')
    expect(formatBytes(0)).toBe('0 byte')
    expect(formatBytes(3_440_000)).toBe('3.4 MB')
  })

  it('names the time zone of a moment', () => {
    expect(formatMoment('2026-11-22T14:05:00Z', 'Asia/Taipei')).toBe('Nov 22, 2026, 22:05 GMT+8')
  })

  it('says how long ago', () => {
    const now = Date.parse('2026-11-22T14:00:00Z')
    expect(formatAgo('2026-11-22T13:55:00Z', now)).toBe('5 minutes ago')
    expect(formatAgo('2026-11-24T14:00:00Z', now)).toBe('in 2 days')
  })

  it('shortens the addresses of machines alone', () => {
    expect(formatAddress('0123456789abcdef'.repeat(4))).toBe('0123456789…abcdef')
    expect(formatAddress('somebody.with.a.long.name@a.long.name.example')).toContain('@')
    expect(formatAddress('+886912345678')).toBe('+886912345678')
  })
})
