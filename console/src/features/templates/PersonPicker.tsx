import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { peopleSearchQuery } from '@/api/people'
import type { PreviewPerson } from '@/api/templates'
import { useDebounced } from '@/lib/useDebounced'
import { Button } from '@/ui/Button'
import { SelectField, TextArea } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { SuggestField } from '@/ui/SuggestField'
import { Code, Text } from '@/ui/Text'

type Kind = PreviewPerson['kind']
const kShown = 8

/** On whom the preview is made: somebody of the audience, somebody made up, or nobody at all. */
export function PersonPicker({
  app,
  endpoint,
  onEndpoint,
  madeUp,
  onMadeUp,
}: {
  app: string
  endpoint: string | undefined
  onEndpoint: (endpoint: string | undefined) => void
  madeUp: PreviewPerson | null
  onMadeUp: (person: PreviewPerson | null) => void
}) {
  const { t } = useTranslation('templates')
  const [kind, setKind] = useState<Kind>(endpoint ? 'endpoint' : 'nobody')
  function choose(next: Kind) {
    setKind(next)
    onMadeUp(next === 'nobody' ? { kind: 'nobody' } : null)
  }
  return (
    <Stack gap="small">
      <SelectField
        label={t('person')}
        value={kind}
        onChange={(event) => choose(event.target.value as Kind)}
        options={(['nobody', 'endpoint', 'made-up'] as const).map((one) => [one, t(`persons.${one}`)])}
      />
      {kind === 'endpoint' && <RealPerson app={app} endpoint={endpoint} onEndpoint={onEndpoint} />}
      {kind === 'made-up' && <MadeUpPerson person={madeUp} onPerson={onMadeUp} />}
    </Stack>
  )
}

function RealPerson({
  app,
  endpoint,
  onEndpoint,
}: {
  app: string
  endpoint: string | undefined
  onEndpoint: (endpoint: string | undefined) => void
}) {
  const { t } = useTranslation('templates')
  const [typed, setTyped] = useState('')
  const query = useDebounced(typed.trim())
  const people = useQuery(peopleSearchQuery(app, { query: query || undefined }, kShown))
  const endpoints = (people.data?.Item ?? []).flatMap((person) =>
    person.Endpoints.map((one) => ({ ...one, userId: person.UserId })),
  )
  return (
    <Stack gap="small">
      <SuggestField
        label={t('findPerson')}
        hint={t('findPersonHint')}
        value={typed}
        onChange={setTyped}
        suggestions={endpoints.map(({ userId, Id }) => userId ?? Id)}
        error={people.error?.message}
      />
      <Row>
        {endpoints.slice(0, kShown).map(({ Id, userId, ChannelType, Address }) => (
          <Button
            key={Id}
            look={Id === endpoint ? 'primary' : 'secondary'}
            aria-pressed={Id === endpoint}
            onClick={() => onEndpoint(Id)}
          >
            {[userId, ChannelType, shortened(Address ?? Id)].filter(Boolean).join(' · ')}
          </Button>
        ))}
      </Row>
      {people.data && endpoints.length === 0 && <Text tone="soft">{t('nobodyFound')}</Text>}
      {endpoint && (
        <Text size="small" tone="soft">
          {t('shownFor')} <Code>{endpoint}</Code>
        </Text>
      )}
    </Stack>
  )
}

const kAddressShown = 20

/** Addresses of machines are long; their beginning tells them apart well enough. */
function shortened(address: string): string {
  return address.length > kAddressShown ? `${address.slice(0, kAddressShown - 1)}…` : address
}

const kExample = `{
  "User": { "UserId": "u1", "UserAttributes": { "FirstName": ["Mei"] } },
  "Attributes": { "genre": ["drama"] },
  "Location": { "City": "Taipei", "Country": "TW" }
}`

function MadeUpPerson({
  person,
  onPerson,
}: {
  person: PreviewPerson | null
  onPerson: (person: PreviewPerson) => void
}) {
  const { t } = useTranslation('templates')
  const [text, setText] = useState(
    person?.kind === 'made-up' ? JSON.stringify(person.endpoint, null, 2) : kExample,
  )
  const [error, setError] = useState<string>()
  function read(next: string) {
    setText(next)
    try {
      const endpoint: unknown = JSON.parse(next)
      if (typeof endpoint !== 'object' || endpoint === null || Array.isArray(endpoint))
        throw new Error(t('notAnObject'))
      setError(undefined)
      onPerson({ kind: 'made-up', endpoint })
    } catch (cause) {
      setError((cause as Error).message)
    }
  }
  return (
    <Stack gap="small">
      <TextArea
        label={t('madeUpJson')}
        rows={8}
        isCode
        value={text}
        error={error}
        onChange={(event) => read(event.target.value)}
      />
      {person?.kind !== 'made-up' && (
        <Row>
          <Button onClick={() => read(text)}>{t('useMadeUp')}</Button>
        </Row>
      )}
    </Stack>
  )
}
