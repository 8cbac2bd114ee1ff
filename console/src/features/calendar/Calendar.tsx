import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type CalendarEntry, calendarQuery } from '@/api/campaigns'
import { formatCount } from '@/lib/format'
import { currentLanguage } from '@/lib/messages'
import { Button, Link } from '@/ui/Button'
import { SelectField } from '@/ui/Field'
import { Row } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { DayList, type MonthDay, MonthGrid } from '@/ui/MonthGrid'
import { Notice } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { Heading, Hidden, Text } from '@/ui/Text'
import { dayIn, monthAfter, spanOf, weeksOf, zonesFrom } from './days'

export interface CalendarSearch {
  month?: string
  zone?: string
}

const kOwnZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const kShownMax = 6

const words = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(currentLanguage(), { ...options, timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** A month of runs: those that were and those that will be, in a time zone one chooses. */
export function Calendar({ app, search }: { app: string; search: CalendarSearch }) {
  const { t } = useTranslation('calendar')
  const navigate = useNavigate()
  const zone = search.zone ?? kOwnZone
  const today = dayIn(zone, new Date())
  const month = search.month ?? today.slice(0, 7)
  const weeks = weeksOf(month)
  const { from, to } = spanOf(weeks)
  const calendar = useQuery(calendarQuery(app, from, to))
  const look = (change: CalendarSearch) =>
    void navigate({ to: '/apps/$app/calendar', params: { app }, search: { ...search, ...change } })
  return (
    <Page title={t('title')} hint={t('hint')}>
      <Row justify="between" align="end">
        <Row>
          <Button onClick={() => look({ month: monthAfter(month, -1) })}>{t('earlier')}</Button>
          <Button onClick={() => look({ month: undefined })}>{t('today')}</Button>
          <Button onClick={() => look({ month: monthAfter(month, 1) })}>{t('later')}</Button>
        </Row>
        <Row>
          <SelectField
            label={t('zone')}
            value={zone}
            onChange={(event) => look({ zone: event.target.value })}
            options={zonesFrom(kOwnZone).map((one) => [one, one])}
          />
        </Row>
      </Row>
      <Heading>{words(`${month}-01`, { year: 'numeric', month: 'long' })}</Heading>
      <Loaded query={calendar} lines={10}>
        {(data) => (
          <>
            {data.IsTruncated && <Notice tone="warn">{t('truncated')}</Notice>}
            {data.Item.length === 0 && <Text tone="soft">{t('empty')}</Text>}
            <Month app={app} zone={zone} month={month} today={today} entries={data.Item} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** The day an entry stands on: a run in local time on the day people's own clocks show. */
function dayOfEntry(entry: CalendarEntry, zone: string): string {
  if (entry.IsLocalTime && entry.LocalStartTime) return entry.LocalStartTime.slice(0, 10)
  return dayIn(zone, new Date(entry.StartTime))
}

function Month({
  app,
  zone,
  month,
  today,
  entries,
}: {
  app: string
  zone: string
  month: string
  today: string
  entries: readonly CalendarEntry[]
}) {
  const { t } = useTranslation('calendar')
  const byDay = Map.groupBy(
    [...entries].sort((a, b) => a.StartTime.localeCompare(b.StartTime)),
    (entry) => dayOfEntry(entry, zone),
  )
  const weeks = weeksOf(month).map((week) =>
    week.map((day): MonthDay => {
      const found = byDay.get(day) ?? []
      return {
        day,
        label: words(day, { weekday: 'long', month: 'long', day: 'numeric' }),
        number: String(Number(day.slice(8))),
        isOutside: !day.startsWith(month),
        isToday: day === today,
        content: found.length > 0 && (
          <DayList>
            {found.slice(0, kShownMax).map((entry, index) => (
              <li key={entry.CampaignActivityId ?? `${entry.CampaignId}${entry.TreatmentId}${index}`}>
                <Entry app={app} zone={zone} entry={entry} />
              </li>
            ))}
            {found.length > kShownMax && <li>{t('more', { count: found.length - kShownMax })}</li>}
          </DayList>
        ),
      }
    }),
  )
  return (
    <MonthGrid
      label={words(`${month}-01`, { year: 'numeric', month: 'long' })}
      weekdays={(weeks[0] ?? []).map(({ day }) => words(day, { weekday: 'short' }))}
      weeks={weeks}
    />
  )
}

const kMarks = { RUN: '●', PLANNED_RUN: '○', EVENT_TRIGGERED: '⚡' } as const

function Entry({ app, zone, entry }: { app: string; zone: string; entry: CalendarEntry }) {
  const { t } = useTranslation('calendar')
  const time =
    entry.IsLocalTime && entry.LocalStartTime
      ? `${entry.LocalStartTime.slice(11, 16)} ${t('local')}`
      : new Intl.DateTimeFormat(currentLanguage(), {
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
          timeZone: zone,
        }).format(new Date(entry.StartTime))
  const sent = entry.SentCount === undefined ? '' : t('sent', { people: formatCount(entry.SentCount) })
  const hint = [entry.CampaignName, t(`kinds.${entry.Kind}`), sent].filter(Boolean).join(' · ')
  return (
    <Link to="/apps/$app/campaigns/$campaign" params={{ app, campaign: entry.CampaignId }} title={hint}>
      <span aria-hidden="true">{kMarks[entry.Kind]} </span>
      {time} {entry.CampaignName}
      <Hidden>, {[t(`kinds.${entry.Kind}`), sent].filter(Boolean).join(', ')}</Hidden>
    </Link>
  )
}
