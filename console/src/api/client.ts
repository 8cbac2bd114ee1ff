import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema.gen'

/** A shape of the API by its service and name, as `Shape<'pinpoint.SegmentResponse'>`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]

/** A refusal of the server: the documented error's name and its message, which says what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** The CSRF token of the session, told by GetSession; every changing request carries it. */
let csrfToken = ''
export function setCsrfToken(token: string) {
  csrfToken = token
}

const kJsonProtocol = /^\/#(.+)$/

/** Operations of the JSON protocol share the path `/`; in the contract each stands under `/#<X-Amz-Target>`. */
const protocols: Middleware = {
  onRequest({ request, schemaPath }) {
    const target = kJsonProtocol.exec(schemaPath)?.[1]
    if (target) {
      request.headers.set('X-Amz-Target', target)
      request.headers.set('Content-Type', 'application/x-amz-json-1.1')
    }
    if (request.method !== 'GET' && csrfToken) request.headers.set('X-Rapport-Csrf', csrfToken)
    return request
  },
}

export const api = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : location.origin,
  fetch: (request) => globalThis.fetch(request),
})
api.use(protocols)

function errorOf(body: unknown, response: Response): ApiError {
  const members = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const code = response.headers.get('x-amzn-ErrorType') ?? String(members.__type ?? response.status)
  const message = members.Message ?? members.message ?? `The server answered ${response.status}`
  return new ApiError(response.status, code.replace(/:.*$/, ''), String(message))
}

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** What a call answers. Throws ApiError when the server refuses or cannot be reached. */
export async function answer<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  let outcome: Answer<Data>
  try {
    outcome = await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'Unreachable', 'The server cannot be reached')
  }
  if (!outcome.response.ok) throw errorOf(outcome.error, outcome.response)
  return outcome.data as NonNullable<Data>
}
