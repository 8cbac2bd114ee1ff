import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { List } from './Table'

const show = (items: readonly string[]) => <p>{items.join()}</p>

describe('List', () => {
  it('has a state for loading, empty, error and full', async () => {
    const refetch = vi.fn()
    const idle = { error: null, isPending: false, refetch }
    const { rerender } = render(
      <List listing={{ ...idle, isPending: true }} empty="none">
        {show}
      </List>,
    )
    expect(screen.getByRole('status', { name: 'Loading…' })).toBeTruthy()
    rerender(
      <List listing={{ ...idle, data: [] }} empty="none">
        {show}
      </List>,
    )
    expect(screen.getByText('none')).toBeTruthy()
    rerender(
      <List listing={{ ...idle, data: ['a', 'b'] }} empty="none">
        {show}
      </List>,
    )
    expect(screen.getByText('a,b')).toBeTruthy()
    rerender(
      <List<string> listing={{ ...idle, error: new Error('The disk is full') }} empty="none">
        {show}
      </List>,
    )
    expect(screen.getByRole('alert').textContent).toContain('The disk is full')
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(refetch).toHaveBeenCalled()
  })
})
