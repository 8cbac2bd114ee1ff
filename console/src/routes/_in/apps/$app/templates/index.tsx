import { createFileRoute } from '@tanstack/react-router'
import type { TemplateType } from '@/api/templates'
import { TemplateList, type TemplateListSearch } from '@/features/templates/TemplateList'
import { oneOf, textOf, textsOf } from '@/lib/search'

const kTypes: readonly TemplateType[] = ['EMAIL', 'PUSH', 'SMS', 'VOICE', 'INAPP']

export const Route = createFileRoute('/_in/apps/$app/templates/')({
  validateSearch: (search): TemplateListSearch => ({
    query: textOf(search, 'query'),
    type: oneOf(search, 'type', kTypes),
    sort: oneOf(search, 'sort', ['NEWEST', 'NAME']),
    pages: textsOf(search, 'pages'),
  }),
  component: () => <TemplateList app={Route.useParams().app} search={Route.useSearch()} />,
})
