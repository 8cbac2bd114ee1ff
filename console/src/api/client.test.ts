import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { answer, api, setCsrfToken } from './client'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('The client', () => {
  it('sends operations of the JSON protocol to / with their target and the CSRF token', async () => {
    setCsrfToken('token-1')
    let seen: Headers | undefined
    server.use(
      http.post('*/', ({ request }) => {
        seen = request.headers
        return HttpResponse.json({ solutions: [] })
      }),
    )
    const data = await answer(api.POST('/#AmazonPersonalize.ListSolutions', { body: {} }))
    expect(data).toEqual({ solutions: [] })
    expect(seen?.get('X-Amz-Target')).toBe('AmazonPersonalize.ListSolutions')
    expect(seen?.get('Content-Type')).toBe('application/x-amz-json-1.1')
    expect(seen?.get('X-Rapport-Csrf')).toBe('token-1')
  })

  it('turns a refusal into an ApiError with its name and message', async () => {
    server.use(
      http.get('*/v1/apps', () =>
        HttpResponse.json(
          { Message: 'PageSize must be a number', RequestID: '1' },
          { status: 400, headers: { 'x-amzn-ErrorType': 'BadRequestException' } },
        ),
      ),
    )
    await expect(answer(api.GET('/v1/apps'))).rejects.toMatchObject({
      status: 400,
      code: 'BadRequestException',
      message: 'PageSize must be a number',
    })
  })

  it('says when the server cannot be reached', async () => {
    server.use(http.get('*/v1/apps', () => HttpResponse.error()))
    await expect(answer(api.GET('/v1/apps'))).rejects.toMatchObject({ status: 0, code: 'Unreachable' })
  })
})
