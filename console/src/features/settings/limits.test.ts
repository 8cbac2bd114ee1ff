import { expect, it } from 'vitest'
import { type LimitValues, readLimits, writeLimits } from './limits'

const kEmpty: LimitValues = {
  daily: '',
  total: '',
  session: '',
  perSecond: '',
  duration: '',
  quietStart: '',
  quietEnd: '',
  hook: '',
}

it.each<LimitValues>([
  kEmpty,
  { ...kEmpty, daily: '3', total: '100' },
  { ...kEmpty, session: '1', perSecond: '500', duration: '600', quietStart: '22:00', quietEnd: '07:30' },
  { ...kEmpty, hook: 'https://example.com/filter' },
  { ...kEmpty, hook: 'campaign-filter' },
])('writes what it reads: %o', (values) => {
  expect(readLimits({ ApplicationId: 'a', ...writeLimits(values) })).toEqual(values)
})

it('takes quiet time only with both its ends', () => {
  expect(writeLimits({ ...kEmpty, quietStart: '22:00' }).QuietTime).toEqual({})
})
