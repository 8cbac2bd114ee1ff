import type { Fields } from '@/api/fields'
import type { Suggestion } from '@/lib/completion'

type AudienceField = Fields['Fields'][number]

const kAlways = [
  'User.UserId',
  'Address',
  'Id',
  'ChannelType',
  'Location.City',
  'Location.Country',
  'Demographic.Locale',
]

/** Functions of the template language, as one begins to write them. */
const kFunctions = [
  ['#if ', '{{#if …}}…{{else}}…{{/if}}'],
  ['#each ', '{{#each …}}{{this}}{{/each}}'],
  ['#eq ', '{{#eq a "b"}}…{{/eq}}'],
  ['upper ', 'JANE'],
  ['lower ', 'jane'],
  ['capitalizeFirst ', 'Jane'],
  ['dateFormat ', 'outputFormat="full" tz=Asia/Taipei'],
  ['join ', 'a, b, c'],
  ['now ', '"medium" tz=Asia/Taipei'],
  ['abbreviate ', 'Ale...'],
  ['round ', '19'],
] as const

const kFolders: Partial<Record<AudienceField['Kind'], string>> = {
  ATTRIBUTE: 'Attributes.',
  USER_ATTRIBUTE: 'User.UserAttributes.',
  METRIC: 'Metrics.',
  DEMOGRAPHIC: 'Demographic.',
  LOCATION: 'Location.',
}

/** A field as a template names it; a name with blanks stands in brackets. */
function variableOf({ Kind, Name }: Pick<AudienceField, 'Kind' | 'Name'>): string {
  const folder = kFolders[Kind] ?? ''
  return /^[\w-]+$/.test(Name) ? `${folder}${Name}` : `${folder}[${Name}]`
}

/** What can stand between `{{` and `}}`: fields of the audience, most filled first, then functions. */
export function suggestionsOf(
  fields: readonly AudienceField[],
  functionLabel: string,
  fieldLabel: (field: AudienceField) => string,
): Suggestion[] {
  const known = [...fields]
    .sort((a, b) => b.EndpointCount - a.EndpointCount)
    .map((field) => ({ text: variableOf(field), detail: fieldLabel(field) }))
  const names = new Set(known.map(({ text }) => text))
  return [
    ...known,
    ...kAlways.filter((name) => !names.has(name)).map((text) => ({ text })),
    ...kFunctions.map(([text, example]) => ({ text, detail: `${functionLabel}: ${example}` })),
  ]
}
