import { createFileRoute } from '@tanstack/react-router'
import { Calendar, type CalendarSearch } from '@/features/calendar/Calendar'
import { textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/calendar')({
  validateSearch: (search): CalendarSearch => {
    const month = textOf(search, 'month')
    return {
      month: month && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
      zone: textOf(search, 'zone'),
    }
  },
  component: () => <Calendar app={Route.useParams().app} search={Route.useSearch()} />,
})
