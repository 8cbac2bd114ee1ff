// From a template with its preview over a campaign with a holdout to its results.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAccessible, startConsole } from './browser.js'
import { call, loadSample, settled } from './pages.js'

let session
let app
const kName = 'come-back'

before(async () => {
  session = await startConsole()
  app = await loadSample(session.page)
})
after(() => session?.stop())

async function lookAt(path, where) {
  const { page } = session
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await page.goto(new URL(`/apps/${app}${path}`, page.url()).href)
    await settled(page)
    await expectAccessible(page, `${where}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

test('A template is written with its variables completed, and seen as a made-up person sees it', async () => {
  const { page } = session
  await page.getByRole('link', { name: 'Templates' }).click()
  await page.getByRole('link', { name: 'New template' }).click()
  await page.getByLabel('Name', { exact: true }).fill(kName)
  await page.getByRole('textbox', { name: 'Subject' }).pressSequentially('Hi {{UserAttr')
  const first = page.getByRole('option').first()
  await first.waitFor()
  const variable = await first.locator('span').first().textContent()
  await page.keyboard.press('Enter')
  assert.equal(await page.getByRole('textbox', { name: 'Subject' }).inputValue(), `Hi {{${variable}}}`)

  await page.getByRole('textbox', { name: 'Subject' }).fill('Hi {{User.UserAttributes.FirstName}}')
  await page.getByRole('textbox', { name: 'HTML', exact: true }).fill('<p>Come back, {{#if</p>')
  await page.getByText('This message cannot be sent as it is').waitFor()
  await page
    .getByRole('textbox', { name: 'HTML', exact: true })
    .fill('<p>Come back, {{User.UserAttributes.FirstName}}</p>')
  await page.getByText('This message cannot be sent as it is').waitFor({ state: 'detached' })
  await page.getByText('missing', { exact: true }).waitFor()
  await page.getByLabel('For whom').selectOption('made-up')
  await page
    .getByLabel('Made-up endpoint, as JSON')
    .fill('{"User":{"UserId":"u1","UserAttributes":{"FirstName":["Mei"]}}}')
  await page.getByText('Hi Mei').waitFor()
  await page.frameLocator('iframe[title=HTML]').getByText('Come back, Mei').waitFor()
  await page.getByRole('button', { name: 'Create template' }).click()
  await page.getByRole('heading', { name: kName, level: 1 }).waitFor()
})

/** What the browser says of pictures and scripts that it does not let in is as it should be. */
function expectBlockedOnly() {
  const said = session.problems.splice(0)
  assert.ok(
    said.every((problem) => /Content Security Policy|allow-scripts/.test(problem)),
    said.join('; '),
  )
}

test('Remote pictures of an e-mail come only when they are asked for, and its scripts never', async () => {
  const { page } = session
  const asked = []
  await page.route('https://pictures.example/**', (route) => {
    asked.push(route.request().headers().referer ?? '')
    return route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' })
  })
  const html =
    '<html><head><style>p { color: red }</style></head><body><p>A hat</p><img src="https://pictures.example/hat.svg" onload="this.alt = 1" alt="hat"></body></html>'
  await call(page, '/v1/templates/pictures/email', {
    method: 'POST',
    body: { Subject: 'Hats', HtmlPart: html },
  })
  await page.goto(new URL(`/apps/${app}/templates/email/pictures`, page.url()).href)
  const mail = page.frameLocator('iframe[title=HTML]')
  await mail.getByText('A hat').waitFor()
  assert.deepEqual(asked, [])
  expectBlockedOnly()
  await page.getByLabel('Load remote pictures').check()
  await page.waitForFunction(() =>
    document.querySelector('iframe[title=HTML]')?.src.endsWith('mail-frame.html'),
  )
  const picture = mail.getByAltText('hat')
  await picture.waitFor({ state: 'attached' })
  const image = await picture.elementHandle()
  await image.evaluate(
    (one) => one.complete || new Promise((resolve) => one.addEventListener('load', resolve)),
  )
  assert.deepEqual(asked, [''])
  assert.equal(await picture.getAttribute('alt'), 'hat')
  expectBlockedOnly()
})

test('A campaign with a holdout is put together step by step, launched, and watched until it is done', async () => {
  const { page } = session
  await page.getByRole('link', { name: 'Campaigns' }).click()
  await page.getByRole('link', { name: 'New campaign' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Give it a name').waitFor()
  await page.getByLabel('Name of the campaign').fill('Come back')
  await page
    .getByRole('button', { name: /^Choose / })
    .first()
    .click()
  await page.getByText('Goes to').waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Message by E-mail').selectOption('template')
  await page.getByRole('combobox', { name: 'Template' }).fill(kName)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: /^Now/ }).check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Holdout').fill('20')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Messages that will be sent').waitFor()
  await page.getByText('20 % of the segment get nothing, to compare with').waitFor()
  await expectAccessible(page, 'the review of a campaign')
  await page.getByRole('button', { name: 'Send now' }).click()
  await page.getByRole('heading', { name: 'Come back', level: 1 }).waitFor()
  await page.getByText('completed', { exact: true }).first().waitFor({ timeout: 120_000 })
})

test('Its results say how many got it, and what they allow to be concluded', async () => {
  const { page } = session
  await page.getByText('From targeted to converted').waitFor()
  await page.getByText('Say first what counts as success').waitFor()
  await page.getByLabel('Event', { exact: true }).fill('watch')
  await page.getByRole('button', { name: 'Count it' }).click()
  await page.waitForURL(/event=watch/)
  await page.getByText(/No clear difference|Too few people|Yes: more|It did harm/).waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const results = await call(page, `/rapport/v1/apps/${app}/campaigns/${id}/results`)
  assert.ok(results.Funnel.TargetedCount > 0)
  assert.ok(results.Holdout.HeldOutCount > 0)
  await lookAt(`/campaigns/${id}?event=watch`, 'a campaign')
  await lookAt(`/campaigns/${id}?tab=settings`, 'the settings of a campaign')
  await lookAt(`/campaigns/${id}?tab=watch`, 'the watch over a campaign')
})

test('Its watch names a hook and a campaign that stands in', async () => {
  const { page } = session
  const campaign = (await call(page, `/rapport/v1/apps/${app}/campaign-search?query=Come`)).Item[0].Id
  const { SegmentId } = await call(page, `/v1/apps/${app}/campaigns/${campaign}`)
  await call(page, `/v1/apps/${app}/campaigns`, {
    method: 'POST',
    body: {
      Name: 'Stand-in',
      SegmentId,
      IsPaused: true,
      Schedule: { StartTime: '2036-01-01T10:00:00Z', Frequency: 'ONCE' },
      MessageConfiguration: { EmailMessage: { Title: 'Sorry', Body: 'Sorry' } },
    },
  })
  await page.goto(new URL(`/apps/${app}/campaigns/${campaign}?tab=watch`, page.url()).href)
  await page.getByLabel('Call this hook').fill('https://ops.example/alarm')
  await page.getByRole('button', { name: 'Choose a paused campaign' }).click()
  await page.getByRole('button', { name: 'Stand-in' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Say what raises an alarm').waitFor()
  await page.getByLabel('Alarm when fewer endpoints than this are found').fill('10')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('Stand-in', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Call this hook').inputValue(), 'https://ops.example/alarm')
  await expectAccessible(page, 'the watch')
})

test('Every page about messages can be used by everybody', async () => {
  for (const [path, where] of [
    ['', 'home'],
    ['/templates', 'templates'],
    ['/templates/new', 'a new template'],
    ['/templates/new?type=INAPP', 'a new in-app template'],
    [`/templates/email/${kName}`, 'a template'],
    ['/campaigns', 'campaigns'],
    ...['whom', 'what', 'when', 'limits', 'test'].map((step) => [`/campaigns/new?step=${step}`, step]),
    ['/calendar', 'the calendar'],
  ])
    await lookAt(path, where)
  assert.deepEqual(session.problems, [])
})
