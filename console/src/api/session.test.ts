import { describe, expect, it } from 'vitest'
import { may, type Session } from './session'

const session = (Role: Session['Role']) => ({ Role }) as Session

describe('What the console offers a role', () => {
  it('lets a viewer change nothing', () => {
    expect(may(session('VIEWER'), 'change')).toBe(false)
    expect(may(session('VIEWER'), 'administer')).toBe(false)
    expect(may(null, 'change')).toBe(false)
  })
  it('lets an administrator do everything, a marketer change, a developer develop', () => {
    expect(may(session('ADMINISTRATOR'), 'administer')).toBe(true)
    expect(may(session('MARKETER'), 'change')).toBe(true)
    expect(may(session('MARKETER'), 'develop')).toBe(false)
    expect(may(session('DEVELOPER'), 'develop')).toBe(true)
    expect(may(session('DEVELOPER'), 'administer')).toBe(false)
  })
})
