/** Reads what a page keeps in its URL. A member that is missing or of the wrong kind is left out, never an error. */
type Raw = Record<string, unknown>

export function textOf(search: Raw, name: string): string | undefined {
  const value = search[name]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function oneOf<Value extends string>(
  search: Raw,
  name: string,
  allowed: readonly Value[],
): Value | undefined {
  return allowed.find((value) => value === search[name])
}
