/** A name that Personalize takes: letters, digits, dashes and underscores, at most 63 of them. */
export function resourceName(text: string): string {
  return text
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
}

export const kDatasetTypes = ['Interactions', 'Items', 'Users', 'Actions', 'Action_Interactions'] as const
export type DatasetType = (typeof kDatasetTypes)[number]

const kNumbers: readonly string[] = ['TIMESTAMP', 'CREATION_TIMESTAMP', 'ACTION_EXPIRATION_TIMESTAMP']
const kReals: readonly string[] = ['EVENT_VALUE', 'PRICE']
const kCounts: readonly string[] = ['REPEAT_FREQUENCY', 'VALUE']
const kPlain: readonly string[] = [
  'USER_ID',
  'ITEM_ID',
  'ACTION_ID',
  'EVENT_TYPE',
  'IMPRESSION',
  'RECOMMENDATION_ID',
]
const kRequired: Record<DatasetType, readonly string[]> = {
  Interactions: ['USER_ID', 'ITEM_ID', 'TIMESTAMP'],
  Items: ['ITEM_ID'],
  Users: ['USER_ID'],
  Actions: ['ACTION_ID'],
  Action_Interactions: ['USER_ID', 'ACTION_ID', 'EVENT_TYPE', 'TIMESTAMP'],
}

export function missingColumns(type: DatasetType, columns: readonly string[]): string[] {
  return kRequired[type].filter((column) => !columns.includes(column))
}

/** The data set whose columns these are. */
export function guessType(columns: readonly string[]): DatasetType {
  const has = (column: string) => columns.includes(column)
  if (has('USER_ID') && has('ACTION_ID')) return 'Action_Interactions'
  if (has('USER_ID') && has('ITEM_ID')) return 'Interactions'
  if (has('ACTION_ID')) return 'Actions'
  return has('ITEM_ID') ? 'Items' : 'Users'
}

function fieldOf(type: DatasetType, name: string, isNumeric: boolean) {
  const isRequired = kRequired[type].includes(name)
  const of = (avro: string) => (isRequired ? avro : ['null', avro])
  if (kNumbers.includes(name)) return { name, type: of('long') }
  if (kReals.includes(name)) return { name, type: of('float') }
  if (kCounts.includes(name)) return { name, type: of(name === 'VALUE' ? 'int' : 'long') }
  if (kPlain.includes(name)) return { name, type: of('string') }
  return isNumeric ? { name, type: ['null', 'float'] } : { name, type: ['null', 'string'], categorical: true }
}

/** An Avro schema for the columns of a CSV file; `rows` tell which of the columns of one's own are numbers. */
export function schemaOf(
  type: DatasetType,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const isNumeric = (index: number) => {
    const cells = rows.map((row) => row[index] ?? '').filter((cell) => cell !== '')
    return cells.length > 0 && cells.every((cell) => Number.isFinite(Number(cell)))
  }
  return JSON.stringify({
    type: 'record',
    name: type.replace('_', ''),
    namespace: 'com.amazonaws.personalize.schema',
    fields: columns.map((column, index) => fieldOf(type, column, isNumeric(index))),
    version: '1.0',
  })
}

/** The cells of the first lines of a CSV text, as RFC 4180 reads them. */
export function readCsv(text: string, linesMax: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  for (let at = 0; at < text.length && rows.length < linesMax; ++at) {
    const letter = text[at]
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[++at]
      else isQuoted = false
    } else if (letter === '"') isQuoted = true
    else if (letter === ',') endCell()
    else if (letter === '\n') {
      endCell()
      rows.push(row)
      row = []
    } else if (letter !== '\r') cell += letter
  }
  if (rows.length < linesMax && (cell !== '' || row.length > 0)) {
    endCell()
    rows.push(row)
  }
  return rows
}
