import { describe, expect, it } from 'vitest'
import type { StoredTemplate } from '@/api/templates'
import { contentOf, isTemplateName, newSlide, readDefaults, writeDefaults, written } from './content'

describe('The content of a template', () => {
  it('is what the server stored, without what it added', () => {
    const content = { Subject: 'Hi', TextPart: 'there', DefaultSubstitutions: '{"a":"b"}' }
    const stored = {
      ...content,
      TemplateName: 'n',
      TemplateType: 'EMAIL',
      Version: '3',
      LastModifiedDate: '2026-11-01T00:00:00Z',
      CreationDate: '2026-11-01T00:00:00Z',
      Arn: 'arn',
      tags: {},
    } as StoredTemplate
    expect(contentOf(stored)).toEqual(content)
    expect(written(contentOf(stored))).toEqual(content)
  })

  it('goes over the wire without what was left empty', () => {
    expect(written({ Subject: 'Hi', HtmlPart: '', Headers: [{ Name: '', Value: '' }] })).toEqual({
      Subject: 'Hi',
    })
    expect(written({ Default: { Title: 'T', Url: '' }, GCM: { ImageUrl: '' } })).toEqual({
      Default: { Title: 'T' },
    })
    expect(written({ Layout: 'CAROUSEL', Content: [newSlide()] })).toEqual({
      Layout: 'CAROUSEL',
      Content: [{ BackgroundColor: '#FFFFFF' }],
    })
  })

  it('has defaults that can be read back as they were written', () => {
    const defaults = { 'User.UserAttributes.FirstName': 'friend', City: '"Taipei"' }
    expect(readDefaults(writeDefaults(defaults))).toEqual(defaults)
    expect(writeDefaults({ City: '' })).toBeUndefined()
    expect(readDefaults('not JSON')).toEqual({})
    expect(readDefaults('[1]')).toEqual({})
  })

  it('has a name the server takes', () => {
    expect(isTemplateName('welcome_2-b')).toBe(true)
    expect(isTemplateName('-welcome')).toBe(false)
    expect(isTemplateName('zwei Worte')).toBe(false)
  })
})
