import type { CampaignResults } from '@/api/campaigns'

type Lift = NonNullable<CampaignResults['Lift']>

/** What the comparison with those who got nothing allows to be said. */
export type Verdict =
  | { kind: 'noEvent' | 'noHoldout' | 'tooFew' }
  | { kind: 'more' | 'less' | 'unclear'; lift: Required<Pick<Lift, 'Difference'>> & Lift }

const kLeastToSay = 30

/** A difference is said to be one only when its 95 % confidence interval leaves out zero. */
export function verdictOf(results: Pick<CampaignResults, 'ConversionEvent' | 'Holdout' | 'Lift'>): Verdict {
  if (!results.ConversionEvent) return { kind: 'noEvent' }
  if (!results.Holdout || results.Holdout.HeldOutCount === 0) return { kind: 'noHoldout' }
  const { Lift: lift, Holdout: holdout } = results
  if (!lift || lift.Difference === undefined || holdout.HeldOutCount < kLeastToSay) return { kind: 'tooFew' }
  const { DifferenceLowerBound: low, DifferenceUpperBound: high } = lift
  const shown = { ...lift, Difference: lift.Difference }
  if (low === undefined || high === undefined) return { kind: 'tooFew' }
  if (low > 0) return { kind: 'more', lift: shown }
  if (high < 0) return { kind: 'less', lift: shown }
  return { kind: 'unclear', lift: shown }
}
