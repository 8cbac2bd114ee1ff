import { describe, expect, it } from 'vitest'
import { toCsv } from './download'

describe('toCsv', () => {
  it('quotes what needs it', () => {
    expect(
      toCsv(
        ['name', 'n'],
        [
          ['a,b', 1],
          ['say "hi"', null],
          ['two\nlines', 0],
        ],
      ),
    ).toBe('name,n\r\n"a,b",1\r\n"say ""hi""",\r\n"two\nlines",0\r\n')
  })
})
