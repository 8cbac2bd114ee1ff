// A marketer's whole way: sample, segment, model, predictive segment, template, campaign with a holdout, results, person.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAccessible, startConsole } from './browser.js'
import { call, loadSample, settled, unlistedCalls } from './pages.js'

/** Until work of the server that takes a while is shown as done. */
const kWorkMs = 180_000

let world
let page
let app
before(async () => {
  world = await startConsole()
  page = world.page
})
after(() => world?.stop())

const go = (name) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()
async function campaignId() {
  const { Item: found } = await call(page, `/rapport/v1/apps/${app}/campaign-search?query=Weekend`)
  return found.find(({ Name }) => Name === 'Weekend').Id
}

const numberOf = (text) => Number(/[\d,]+/.exec(text)[0].replaceAll(',', ''))

test('loads the sample', async () => {
  app = await loadSample(page)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await settled(page)
  await expectAccessible(page, 'home')
})

test('builds a segment and sees its size change', async () => {
  await go('Segments')
  await page.getByRole('link', { name: 'Create segment' }).click()
  const size = page.locator('[aria-live=polite]', { hasText: 'endpoint' })
  await size.waitFor()
  const everyone = numberOf(await size.textContent())
  await page.getByLabel('Name', { exact: true }).fill('On Android')
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('menuitem', { name: 'Device' }).click()
  await page.getByLabel('Field', { exact: true }).selectOption('Platform')
  const values = page.getByLabel('Values', { exact: true })
  await values.fill('Android')
  await values.press('Enter')
  await page.waitForFunction((before) => {
    const shown = [...document.querySelectorAll('[aria-live=polite]')].find((one) =>
      /endpoint/.test(one.textContent),
    )
    return Number(/[\d,]+/.exec(shown?.textContent ?? '')?.[0].replaceAll(',', '') ?? before) < before
  }, everyone)
  await expectAccessible(page, 'segment builder')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'On Android', level: 1 }).waitFor()
})

test('trains a model and sees its report', async () => {
  await go('Learning')
  await page.getByRole('table', { name: 'Learning' }).getByRole('link').first().click()
  await page.getByRole('tab', { name: 'Models' }).click()
  await page.getByRole('button', { name: 'Train a model' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Users for a kind of item').check()
  await dialog.getByLabel(/^Name/).fill('film-fans')
  await dialog.getByRole('button', { name: 'Start training' }).click()
  const model = page.getByRole('region', { name: 'Versions of film-fans' })
  await model.getByText('Ready').waitFor({ timeout: kWorkMs })
  await model.getByRole('link').click()
  await page.getByRole('heading', { name: 'How good it is' }).waitFor()
  await expectAccessible(page, 'model report')
  await page.goBack()
})

test('makes a predictive segment of it', async () => {
  await page.getByRole('link', { name: 'Make a segment of it' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Action fans')
  await page.getByLabel('is', { exact: true }).fill('Action')
  await page.getByLabel('Number of users').fill('200')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const row = page.getByRole('row', { name: /Action fans/ })
  await row.getByText('Ready').waitFor({ timeout: kWorkMs })
  await expectAccessible(page, 'predictive segments')
})

test('writes a template and sees it as a person will', async () => {
  await go('Templates')
  await page.getByRole('link', { name: 'New template' }).click()
  await page.getByLabel('Name', { exact: true }).fill('weekend')
  await page.getByRole('textbox', { name: 'Subject' }).fill('{{User.UserId}}, films for your weekend')
  await page.getByRole('textbox', { name: 'Plain text' }).fill('Have a look.')
  await page.getByLabel('For whom').selectOption({ label: 'Somebody of the audience' })
  await page.getByLabel('Find a person').fill('u1')
  await page.getByRole('button', { name: /^u1 · EMAIL/ }).click()
  await page.getByText('u1, films for your weekend').first().waitFor()
  await expectAccessible(page, 'template editor')
  await page.getByRole('button', { name: 'Create template' }).click()
  await page.getByRole('heading', { name: 'weekend', level: 1 }).waitFor()
})

test('sends a campaign with a holdout and watches it finish', async () => {
  await go('Campaigns')
  await page.getByRole('link', { name: 'New campaign' }).click()
  const next = () => page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name of the campaign').fill('Weekend')
  await page.getByLabel('Find a segment').fill('On Android')
  await page.getByRole('button', { name: 'Choose On Android' }).click()
  await next()
  await page.getByLabel('Message by E-mail').selectOption({ label: 'A template' })
  await page.getByLabel('Template', { exact: true }).first().fill('weekend')
  await next()
  await next()
  await next()
  await page.getByLabel(/Holdout/).fill('20')
  await next()
  await page.getByRole('heading', { name: 'Ready?' }).waitFor()
  await page.getByText('Messages that will be sent').waitFor()
  await expectAccessible(page, 'campaign review')
  await page.getByRole('button', { name: 'Send now' }).click()
  await page.getByRole('heading', { name: 'Weekend', level: 1 }).waitFor()
  await page.getByText('completed').first().waitFor({ timeout: kWorkMs })
})

test('reads the results beside the holdout', async () => {
  await page.goto(`${world.server.endpoint}/apps/${app}/campaigns/${await campaignId()}`)
  const funnel = page.getByRole('img', { name: 'From targeted to converted' })
  await funnel.waitFor()
  assert.ok(numberOf(await funnel.textContent()) > 0)
  await page.getByLabel('Event', { exact: true }).fill('film.watched')
  await page.getByRole('button', { name: 'Count it' }).click()
  await page.getByRole('heading', { name: 'Did it make a difference?' }).waitFor()
  await page.getByText(/No clear difference|Too few people|Yes: more|It did harm/).waitFor()
  await expectAccessible(page, 'campaign results')
})

test('finds the message on the timeline of a person who got it', async () => {
  const { Item: people } = await call(page, `/rapport/v1/apps/${app}/people?query=u`)
  const campaign = await campaignId()
  for (const { UserId } of people) {
    const { Item: messages } = await call(
      page,
      `/rapport/v1/apps/${app}/users/${UserId}/timeline?kind=MESSAGE`,
    )
    if (!messages.some(({ CampaignId }) => CampaignId === campaign)) continue
    await go('People')
    await page.getByRole('searchbox').or(page.getByLabel('Find a person')).first().fill(UserId)
    await page.getByRole('link', { name: UserId, exact: true }).first().click()
    await page.getByRole('link', { name: 'Weekend', exact: true }).first().waitFor()
    await expectAccessible(page, 'person')
    return
  }
  assert.fail('Nobody got the message')
})

test('nothing went wrong on any page', () => assert.deepEqual(world.problems, []))

test('every call on the way is listed in /openapi.json', async () => {
  assert.ok(world.calls.length > 100)
  assert.deepEqual(await unlistedCalls(world.server.endpoint, world.calls), [])
})
