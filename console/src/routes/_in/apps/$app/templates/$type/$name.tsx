import { createFileRoute, notFound } from '@tanstack/react-router'
import type { TemplateType } from '@/api/templates'
import { TemplatePage, type TemplatePageSearch } from '@/features/templates/TemplatePage'
import { oneOf, textOf } from '@/lib/search'

const kTypes: Record<string, TemplateType> = {
  email: 'EMAIL',
  push: 'PUSH',
  sms: 'SMS',
  voice: 'VOICE',
  inapp: 'INAPP',
}

export const Route = createFileRoute('/_in/apps/$app/templates/$type/$name')({
  validateSearch: (search): TemplatePageSearch => ({
    tab: oneOf(search, 'tab', ['versions']),
    version: textOf(search, 'version'),
    endpoint: textOf(search, 'endpoint'),
  }),
  beforeLoad: ({ params }) => {
    if (!kTypes[params.type]) throw notFound()
  },
  component: () => {
    const { app, type, name } = Route.useParams()
    return <TemplatePage app={app} type={kTypes[type] ?? 'EMAIL'} name={name} search={Route.useSearch()} />
  },
})
