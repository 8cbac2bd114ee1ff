import { useTranslation } from 'react-i18next'
import type { Fields } from '@/api/fields'
import { SelectField } from '@/ui/Field'
import { fieldName } from './FacetChart'

const kAlways = ['ChannelType', 'Location.Country', 'Demographic.Platform', 'OptOut', 'EndpointStatus']
const kFaceted =
  /^((UserAttributes|Attributes|Metrics|Demographic)\..+|Location\.Country|ChannelType|EndpointStatus|OptOut)$/

/** By which field the composition is shown. */
export function FacetField({
  fields,
  value,
  onChange,
}: {
  fields?: Fields
  value: string
  onChange: (field: string) => void
}) {
  const { t } = useTranslation('segments')
  const known = (fields?.Fields ?? []).map((field) => field.Field).filter((field) => kFaceted.test(field))
  const all = [...new Set([...kAlways, ...known, value])]
  return (
    <SelectField
      label={t('compositionBy')}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      options={all.map((field) => [field, fieldName(field)] as const)}
    />
  )
}
