/** Days of a calendar, as `2026-11-22`. Whoever looks chooses the time zone; a day has no zone of its own. */

const kDayMillis = 86_400_000

const dayOf = (millis: number) => new Date(millis).toISOString().slice(0, 10)
const millisOf = (day: string) => Date.parse(`${day}T00:00:00Z`)

/** The day it is in a zone at a moment. */
export function dayIn(zone: string, moment: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return parts.format(moment)
}

/** `2026-11` and how many months later (or earlier). */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

export function dayAfter(day: string, days: number): string {
  return dayOf(millisOf(day) + days * kDayMillis)
}

/** The weeks that hold a month, Monday first, whole. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`
  const before = (new Date(millisOf(first)).getUTCDay() + 6) % 7
  const start = dayAfter(first, -before)
  const end = `${monthAfter(month, 1)}-01`
  const weeks: string[][] = []
  for (let monday = start; monday < end; monday = dayAfter(monday, 7))
    weeks.push(Array.from({ length: 7 }, (_, day) => dayAfter(monday, day)))
  return weeks
}

/** The moments between which the days lie wherever on earth one looks. */
export function spanOf(weeks: readonly (readonly string[])[]): { from: string; to: string } {
  const first = weeks[0]?.[0] ?? '1970-01-01'
  const last = weeks.at(-1)?.at(-1) ?? first
  return { from: `${dayAfter(first, -1)}T00:00:00Z`, to: `${dayAfter(last, 2)}T00:00:00Z` }
}

/** The time zones to choose from: the reader's first, then the rest of the world's. */
export function zonesFrom(own: string): string[] {
  const all = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []
  return [...new Set([own, 'UTC', ...all])]
}
