import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll } from 'vitest'
import { startMessages } from './messages'

beforeAll(() => startMessages())
afterEach(() => cleanup())
