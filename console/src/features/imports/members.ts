/** What a column of a file can be of an endpoint, as imports name it. */
export const kMembers = [
  'Id',
  'Address',
  'ChannelType',
  'User.UserId',
  'OptOut',
  'EndpointStatus',
  'EffectiveDate',
  'CreationDate',
  'Location.Country',
  'Location.City',
  'Location.Region',
  'Location.PostalCode',
  'Location.Latitude',
  'Location.Longitude',
  'Demographic.Platform',
  'Demographic.PlatformVersion',
  'Demographic.AppVersion',
  'Demographic.Make',
  'Demographic.Model',
  'Demographic.ModelVersion',
  'Demographic.Locale',
  'Demographic.Timezone',
] as const

const kFree = ['User.UserAttributes', 'Attributes', 'Metrics'] as const
export type Free = (typeof kFree)[number]
export const kFreeKinds: readonly Free[] = kFree

/** What a column becomes: nothing, a member of its own, or an attribute or metric with a name. */
export interface Target {
  kind: '' | Free | (typeof kMembers)[number] | string
  name: string
}

export function targetOf(member: string | undefined): Target {
  for (const free of kFree) {
    if (member?.startsWith(`${free}.`)) return { kind: free, name: member.slice(free.length + 1) }
  }
  return { kind: member ?? '', name: '' }
}

/** The member a column is mapped to; undefined when it is left out or has no name yet. */
export function memberOf({ kind, name }: Target): string | undefined {
  if (kind === '') return undefined
  if (!kFree.includes(kind as Free)) return kind
  return name.trim() === '' ? undefined : `${kind}.${name.trim()}`
}

export interface Mapping {
  column: string
  target: Target
}

/** Names that two columns would both become. */
export function doubled(mappings: readonly Mapping[]): string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { target } of mappings) {
    const member = memberOf(target)
    if (member === undefined) continue
    // Attributes hold several values, so several columns may fill one.
    if (seen.has(member) && !member.startsWith('Attributes.') && !member.startsWith('User.UserAttributes.'))
      twice.add(member)
    seen.add(member)
  }
  return [...twice]
}
