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

/** A list of texts; what is not a text in it is left out. */
export function textsOf(search: Raw, name: string): string[] | undefined {
  const value = search[name]
  if (!Array.isArray(value)) return undefined
  const texts = value.filter((item): item is string => typeof item === 'string' && item !== '')
  return texts.length > 0 ? texts : undefined
}
