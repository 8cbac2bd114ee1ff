import { createFileRoute } from '@tanstack/react-router'
import { requires } from '@/api/session'
import { NewTemplate, type NewTemplateSearch } from '@/features/templates/NewTemplate'
import { oneOf, textOf } from '@/lib/search'

export const Route = createFileRoute('/_in/apps/$app/templates/new')({
  beforeLoad: requires('pinpoint.CreateEmailTemplate'),
  validateSearch: (search): NewTemplateSearch => ({
    type: oneOf(search, 'type', ['EMAIL', 'PUSH', 'SMS', 'VOICE', 'INAPP']),
    endpoint: textOf(search, 'endpoint'),
  }),
  component: () => <NewTemplate app={Route.useParams().app} search={Route.useSearch()} />,
})
