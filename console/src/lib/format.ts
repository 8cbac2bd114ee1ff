import { currentLanguage } from './messages'

/** `1,234,567`, or `1.2M` when short. */
export function formatCount(value: number, length: 'full' | 'short' = 'full'): string {
  return new Intl.NumberFormat(
    currentLanguage(),
    length === 'short' ? { notation: 'compact', maximumFractionDigits: 1 } : { maximumFractionDigits: 2 },
  ).format(value)
}

/** A share between 0 and 1 as `12.3 %`. */
export function formatShare(share: number, digits = 1): string {
  return new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: digits }).format(
    share,
  )
}

/** A moment in a time zone that is always named: `Nov 22, 2026, 14:05 UTC+8`. `zone` is an IANA name, by default the reader's. */
export function formatMoment(moment: string | number | Date, zone?: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
    timeZoneName: 'short',
  }).format(new Date(moment))
}

/** A day without a time, read in `zone`. */
export function formatDay(moment: string | number | Date, zone?: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium', timeZone: zone }).format(
    new Date(moment),
  )
}

const kUnits = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How long ago, or from now: `5 minutes ago`. */
export function formatAgo(moment: string | number | Date, now: number = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000
  const words = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' })
  for (const [unit, length] of kUnits) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit)
  }
  return words.format(Math.trunc(seconds), 'second')
}

/** `3.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(currentLanguage(), {
    style: 'unit',
    unit: units[power],
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power)
}

/** A long address of a machine (a push token) by its beginning and end; others as they are. */
export function formatAddress(address: string): string {
  return address.length > 40 && !address.includes('@')
    ? `${address.slice(0, 10)}…${address.slice(-6)}`
    : address
}
