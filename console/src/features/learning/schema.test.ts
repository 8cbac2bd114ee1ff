import { describe, expect, it } from 'vitest'
import { guessType, missingColumns, readCsv, resourceName, schemaOf } from './schema'

describe('The schema of a file', () => {
  it('is guessed from its columns', () => {
    expect(guessType(['USER_ID', 'ITEM_ID', 'TIMESTAMP'])).toBe('Interactions')
    expect(guessType(['USER_ID', 'ACTION_ID', 'EVENT_TYPE', 'TIMESTAMP'])).toBe('Action_Interactions')
    expect(guessType(['ITEM_ID', 'GENRES'])).toBe('Items')
    expect(guessType(['ACTION_ID'])).toBe('Actions')
    expect(guessType(['USER_ID', 'AGE'])).toBe('Users')
  })

  it('names required columns that are missing', () => {
    expect(missingColumns('Interactions', ['USER_ID', 'ITEM_ID'])).toEqual(['TIMESTAMP'])
    expect(missingColumns('Users', ['USER_ID'])).toEqual([])
  })

  it('makes columns of numbers numbers and others categories', () => {
    const schema = JSON.parse(
      schemaOf(
        'Items',
        ['ITEM_ID', 'GENRES', 'LENGTH'],
        [
          ['i1', 'A|B', '90'],
          ['i2', 'C', ''],
        ],
      ),
    )
    expect(schema.fields).toEqual([
      { name: 'ITEM_ID', type: 'string' },
      { name: 'GENRES', type: ['null', 'string'], categorical: true },
      { name: 'LENGTH', type: ['null', 'float'] },
    ])
  })
})

describe('readCsv', () => {
  it('reads quotes, commas and line ends within them', () => {
    expect(readCsv('a,b\r\n"x, ""y""","two\nlines"\nlast,', 9)).toEqual([
      ['a', 'b'],
      ['x, "y"', 'two\nlines'],
      ['last', ''],
    ])
  })
  it('stops after the lines asked for', () => {
    expect(readCsv('a\nb\nc\n', 2)).toEqual([['a'], ['b']])
  })
})

describe('resourceName', () => {
  it('keeps what Personalize takes', () => {
    expect(resourceName(' Film fans (2026)! ')).toBe('Film-fans-2026-')
    expect(resourceName('--x')).toBe('x')
  })
})
