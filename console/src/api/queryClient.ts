import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './client'

const kTriesMax = 2

/** Asks again only what may work the second time: a refusal of the request stays one. */
function mayWorkLater(tries: number, error: Error): boolean {
  if (tries >= kTriesMax) return false
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: mayWorkLater, staleTime: 5_000 }, mutations: { retry: false } },
  })
}
