import { expect, it } from 'vitest'
import { attributeQuery } from './NewPredictive'

it('writes a query whose value may hold quotes', () => {
  expect(attributeQuery('GENRES', 'Action')).toBe('ITEMS.GENRES = "Action"')
  expect(attributeQuery('TITLE', 'the "one"')).toBe('ITEMS.TITLE = "the \\"one\\""')
})
