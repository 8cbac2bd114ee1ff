// The way in: first administrator, wrong passwords, an invited viewer, log-out everywhere.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAccessible, kAdministrator, startConsole, welcomeLink } from './browser.js'
import { call } from './pages.js'

let world
before(async () => {
  world = await startConsole()
})
after(() => world?.stop())

async function logIn(page, name, password) {
  await page.goto(`${world.server.endpoint}/login`)
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

test('The welcome link works once', async () => {
  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  await page.goto(`${world.server.endpoint}/welcome?token=anything`)
  await page.getByText('There is an administrator already').waitFor()
  await expectAccessible(page, 'welcome')
  await assert.rejects(() => welcomeLink(world.server))
  await page.context().close()
})

test('The entry page weighs at most 150 kB', async () => {
  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  const asked = []
  page.on('requestfinished', (request) => asked.push(request))
  await page.goto(`${world.server.endpoint}/login`, { waitUntil: 'networkidle' })
  const sizes = await Promise.all(asked.map((request) => request.sizes()))
  const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0)
  assert.ok(bytes <= 150_000, `${bytes} bytes in ${asked.length} answers`)
  await page.context().close()
})

test('Somebody who is not logged in is led to the log-in and back', async () => {
  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  await call(world.page, '/v1/apps', { method: 'POST', body: { Name: 'Shop' } })
  await page.goto(`${world.server.endpoint}/?from=mail`)
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  await expectAccessible(page, 'log-in')
  await page.getByLabel('User name').fill(kAdministrator.name)
  await page.getByLabel('Password').fill(kAdministrator.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('link', { name: 'Shop' }).waitFor()
  await page.context().close()
})

test('An invited viewer sees everything and can change nothing', async () => {
  const { page: admin } = world
  await admin.goto(`${world.server.endpoint}/`)
  await admin.getByRole('link', { name: 'Shop' }).click()
  await admin.getByRole('link', { name: 'Settings' }).click()
  await admin.getByRole('tab', { name: 'Users' }).click()
  await admin.getByRole('button', { name: 'Invite somebody' }).click()
  await admin.getByLabel('Name or e-mail address').fill('victor')
  await admin.getByLabel('Viewer').check()
  await admin.getByRole('button', { name: 'Make the link' }).click()
  const link = await admin.getByRole('region', { name: 'One-time link' }).textContent()
  await admin.getByRole('button', { name: 'Close', exact: true }).click()

  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  await page.goto(link.trim())
  await page.getByLabel('Password', { exact: true }).fill('looking is enough')
  await page.getByLabel('Password again').fill('looking is enough')
  await page.getByRole('button', { name: 'Choose password and log in' }).click()
  await page.getByRole('link', { name: 'Shop' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await page.getByRole('button', { name: /create/i }).count(), 0)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('tab', { name: 'Channels' }).waitFor()
  assert.equal(await page.getByRole('tab', { name: 'Users' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: 'Turn on' }).count(), 0)
  // Not the pages alone: the server refuses, too.
  await assert.rejects(() => call(page, '/v1/apps', { method: 'POST', body: { Name: 'Mine' } }), /403/)
  await page.context().close()
})

test('Wrong passwords are slowed down', async () => {
  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  let told = ''
  for (let attempt = 0; attempt < 12 && !/later|seconds|minute/i.test(told); ++attempt) {
    await logIn(page, 'victor', `wrong ${attempt}`)
    told = await page.getByRole('alert').textContent()
  }
  assert.match(told, /later|seconds|minute/i)
  await page.context().close()
})

test('Logging out everywhere ends every session', async () => {
  const page = await (await world.browser.newContext({ locale: 'en-US' })).newPage()
  await logIn(page, kAdministrator.name, kAdministrator.password)
  await page.getByRole('heading', { name: 'Applications' }).waitFor()
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Log out everywhere' }).click()
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  await world.page.goto(`${world.server.endpoint}/`)
  await world.page.getByRole('heading', { name: 'Log in' }).waitFor()
  await page.context().close()
})
