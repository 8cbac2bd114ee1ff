// What is half written is not lost by leaving its page: every form with more than two fields asks.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAccessible, startConsole } from './browser.js'
import { call } from './pages.js'

let world
let page
let home

before(async () => {
  world = await startConsole()
  page = world.page
  const { Id } = await call(page, '/v1/apps', { method: 'POST', body: { Name: 'Half written' } })
  home = `${world.server.endpoint}/apps/${Id}`
  await call(page, '/', {
    method: 'POST',
    target: 'AmazonPersonalize.CreateDatasetGroup',
    body: { name: 'taste' },
  })
  await call(page, '/v1/templates/stored/email', { method: 'POST', body: { Subject: 'Hello' } })
})
after(() => world?.stop())

const asks = () => page.getByRole('dialog', { name: 'Leave without saving?' })

/** Leaves by `leave`, is asked and stays with `field` as it was; then leaves. */
async function expectAsked(field, leave) {
  const written = await field.inputValue()
  await leave()
  await asks().waitFor()
  await asks().getByRole('button', { name: 'Cancel' }).click()
  await asks().waitFor({ state: 'detached' })
  assert.equal(await field.inputValue(), written)
  await leave()
  await asks().getByRole('button', { name: 'Leave' }).click()
  await field.waitFor({ state: 'detached' })
}

const goHome = () =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home', exact: true }).click()

for (const [what, path, label] of [
  ['a segment', '/segments/new', 'Name'],
  ['a template', '/templates/new', 'Name'],
  ['a campaign', '/campaigns/new', 'Name of the campaign'],
  ['a stored template', '/templates/email/stored', 'Subject'],
  ['a predictive segment', '/segments/predictive/new', 'Name'],
  ['a new password', '/settings?tab=account', 'New password'],
])
  test(`Leaving ${what} half written asks`, async () => {
    await page.goto(home + path)
    const field = page.getByLabel(label, { exact: true })
    await field.fill('Half a name')
    await expectAsked(field, goHome)
    await page.waitForURL(home)
  })

test('So does going to another tab of the settings, and not when nothing was changed', async () => {
  await page.goto(`${home}/settings?tab=limits`)
  const field = page.getByLabel('Messages a day')
  await field.waitFor()
  const leave = () => page.getByRole('tab', { name: 'Channels' }).click()
  await leave()
  await field.waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Limits' }).click()
  await field.fill('7')
  await expectAsked(field, leave)
})

test('So does closing a dialog', async () => {
  await page.goto(`${home}/learning/taste?tab=models`)
  await page.getByRole('button', { name: 'Train a model' }).first().click()
  const field = page.getByRole('dialog').getByLabel(/^Name/)
  await field.fill('taste-of-films')
  await page.keyboard.press('Escape')
  await asks().waitFor()
  await expectAccessible(page, 'the question before leaving')
  await asks().getByRole('button', { name: 'Cancel' }).click()
  await asks().waitFor({ state: 'detached' })
  await expectAsked(field, () => page.keyboard.press('Escape'))
})

test('What was saved is left without a question', async () => {
  await page.goto(`${home}/templates/new`)
  await page.getByLabel('Name', { exact: true }).fill('saved')
  await page.getByRole('textbox', { name: 'Subject' }).fill('Hello')
  await page.getByRole('button', { name: 'Create template' }).click()
  await page.getByRole('heading', { name: 'saved', level: 1 }).waitFor()
  await goHome()
  await page.waitForURL(home)
  assert.deepEqual(world.problems, [])
})
