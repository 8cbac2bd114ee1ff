import { describe, expect, it } from 'vitest'
import { complete, completionAt, suggestionsFor } from './completion'

const at = (text: string) => completionAt(text.replace('|', ''), text.indexOf('|'))

describe('Completion of variables', () => {
  it('starts inside {{ and ends with }}', () => {
    expect(at('Hi {{|')).toEqual({ start: 5, word: '' })
    expect(at('Hi {{User.Us| there')).toEqual({ start: 5, word: 'User.Us' })
    expect(at('Hi {{upper Attr|}}')).toEqual({ start: 11, word: 'Attr' })
    expect(at('Hi {{#if Loc|')).toEqual({ start: 9, word: 'Loc' })
    expect(at('Hi {{Id}} and|')).toBeNull()
    expect(at('Hi |')).toBeNull()
    expect(at('{{eq City "Tai|')).toBeNull()
  })

  it('closes an open expression and leaves a closed one alone', () => {
    expect(complete('Hi {{Us there', 7, { start: 5, word: 'Us' }, 'User.UserId')).toEqual({
      text: 'Hi {{User.UserId}} there',
      caret: 18,
    })
    expect(complete('Hi {{Us}}', 7, { start: 5, word: 'Us' }, 'User.UserId')).toEqual({
      text: 'Hi {{User.UserId}}',
      caret: 16,
    })
    expect(complete('{{Us\n{{Id}}', 4, { start: 2, word: 'Us' }, 'User.UserId').text).toBe(
      '{{User.UserId}}\n{{Id}}',
    )
  })

  it('suggests what begins with the word first', () => {
    const all = [{ text: 'User.UserAttributes.city' }, { text: 'Location.City' }, { text: 'cityName' }]
    expect(suggestionsFor('city', all).map(({ text }) => text)).toEqual([
      'cityName',
      'User.UserAttributes.city',
      'Location.City',
    ])
    expect(suggestionsFor('nothing', all)).toEqual([])
  })
})
