import { describe, expect, it } from 'vitest'
import { may, type Session } from './session'

describe('What the console offers', () => {
  it('is what the server says that one may call', () => {
    const marketer = { Operations: ['pinpoint.CreateSegment'] } as unknown as Session
    expect(may(marketer, 'pinpoint.CreateSegment')).toBe(true)
    expect(may(marketer, 'pinpoint.DeleteApp')).toBe(false)
    expect(may(null, 'pinpoint.GetApps')).toBe(false)
  })
})
