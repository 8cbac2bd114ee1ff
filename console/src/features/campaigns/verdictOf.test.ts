import { describe, expect, it } from 'vitest'
import { verdictOf } from './verdictOf'

const holdout = { HeldOutCount: 500, SizePercent: 10 }
const lift = (DifferenceLowerBound: number, Difference: number, DifferenceUpperBound: number) => ({
  Difference,
  DifferenceLowerBound,
  DifferenceUpperBound,
})

describe('What the results allow to be said', () => {
  it('is nothing without an event, a holdout or enough people', () => {
    expect(verdictOf({ Holdout: holdout, Lift: lift(1, 2, 3) }).kind).toBe('noEvent')
    expect(verdictOf({ ConversionEvent: 'buy', Lift: lift(1, 2, 3) }).kind).toBe('noHoldout')
    expect(verdictOf({ ConversionEvent: 'buy', Holdout: { ...holdout, HeldOutCount: 0 } }).kind).toBe(
      'noHoldout',
    )
    expect(
      verdictOf({ ConversionEvent: 'buy', Holdout: { ...holdout, HeldOutCount: 29 }, Lift: lift(1, 2, 3) })
        .kind,
    ).toBe('tooFew')
    expect(verdictOf({ ConversionEvent: 'buy', Holdout: holdout, Lift: {} }).kind).toBe('tooFew')
  })

  it('is a difference only when the interval leaves out zero', () => {
    const say = (...bounds: Parameters<typeof lift>) =>
      verdictOf({ ConversionEvent: 'buy', Holdout: holdout, Lift: lift(...bounds) }).kind
    expect(say(0.01, 0.02, 0.03)).toBe('more')
    expect(say(-0.03, -0.02, -0.01)).toBe('less')
    expect(say(-0.01, 0.02, 0.05)).toBe('unclear')
  })
})
