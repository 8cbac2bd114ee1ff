// A marketer's ways through the audience: segments, people, imports.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { expectAccessible, startConsole } from './browser.js'
import { call, settled } from './pages.js'

let world
let page
let app

const kPeople = 40
const idOf = (number) => String(number).padStart(2, '0')

/** Forty people, half of them of the Reds; the first one bought something. */
async function makeAudience() {
  const { Id } = await call(page, '/v1/apps', { method: 'POST', body: { Name: 'Stadium' } })
  const Item = Array.from({ length: kPeople }, (_, number) => ({
    Id: `mail-${idOf(number)}`,
    ChannelType: 'EMAIL',
    Address: `fan${idOf(number)}@stadium.example`,
    Location: { Country: number < 10 ? 'TW' : 'JP' },
    User: {
      UserId: `fan-${idOf(number)}`,
      UserAttributes: { Team: [number % 2 === 0 ? 'Reds' : 'Blues'] },
    },
  }))
  await call(page, `/v1/apps/${Id}/endpoints`, { method: 'PUT', body: { Item } })
  const event = {
    EventType: 'ticket.bought',
    Timestamp: new Date().toISOString(),
    Attributes: { Match: 'Final' },
    Metrics: { Price: 45 },
  }
  await call(page, `/v1/apps/${Id}/events`, {
    method: 'POST',
    body: { BatchItem: { 'mail-00': { Endpoint: {}, Events: { first: event } } } },
  })
  return Id
}

const open = (path) => page.goto(`${world.server.endpoint}/apps/${app}${path}`)

/** The page as it is now, in light and in dark. */
async function expectGood(where) {
  await settled(page)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page, `${where}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

const size = (count) => page.getByText(`${count} endpoints`, { exact: true }).waitFor()

async function add(condition) {
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('menuitem', { name: condition }).click()
}

before(async () => {
  world = await startConsole()
  page = world.page
  app = await makeAudience()
})
after(() => world?.stop())

test('Somebody builds a segment and sees its size change', async () => {
  await open('/segments')
  await page.getByText('There is no segment yet').waitFor()
  await expectGood('no segments')
  await page.getByRole('link', { name: 'Create segment' }).first().click()
  await size(kPeople)
  await page.getByLabel('Name', { exact: true }).fill('Reds of Taiwan')

  await add('User attribute')
  const team = page.getByRole('group', { name: 'User attribute' })
  await team.getByText('Not counted until it is complete.').waitFor()
  await size(kPeople)
  await team.getByLabel('Field').fill('Team')
  await team.getByLabel('Values').fill('Reds')
  await team.getByLabel('Values').press('Enter')
  await size(kPeople / 2)

  await add('Country')
  const country = page.getByRole('group', { name: 'Country' })
  await country.getByLabel('Values').fill('TW')
  await country.getByLabel('Values').press('Enter')
  await size(5)
  await expectGood('segment builder')

  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Reds of Taiwan', level: 1 }).waitFor()
  await size(5)
  await page.getByText('Team is one of Reds').waitFor()
  await expectGood('segment')
})

test('A refusal stands at the condition it is about', async () => {
  await open('/segments/new')
  await size(kPeople)
  await add('Near a place')
  const circle = page.getByRole('group', { name: 'Near a place' })
  await circle.getByLabel('Latitude').fill('125')
  await circle.getByLabel('Longitude').fill('121')
  await circle.getByRole('alert').filter({ hasText: 'Latitude' }).waitFor()
})

test('Members, reasons, versions, overlap, export and expiry of a segment', async () => {
  const { Item } = await call(page, `/rapport/v1/apps/${app}/segment-search`)
  const segment = Item[0].Id
  const view = (tab) => open(`/segments/${segment}?tab=${tab}`)
  await view('members')
  await page.getByText('mail-00').waitFor()
  await expectGood('members')
  await page.getByRole('link', { name: 'Why?' }).first().click()
  await page.getByText('mail-00 is in the segment').waitFor()
  await expectGood('why')

  await call(page, `/v1/apps/${app}/segments/${segment}`, {
    method: 'PUT',
    body: {
      Name: 'Reds',
      Dimensions: { UserAttributes: { Team: { AttributeType: 'INCLUSIVE', Values: ['Reds'] } } },
    },
  })
  await view('versions')
  await page.getByText('Country is one of TW').waitFor()
  await page.getByText('The name changed from “Reds of Taiwan” to “Reds”').waitFor()
  await expectGood('versions')

  await call(page, `/v1/apps/${app}/segments`, { method: 'POST', body: { Name: 'Everybody' } })
  await view('overlap')
  await page.getByRole('button', { name: 'Add a segment' }).click()
  await page.getByRole('button', { name: 'Everybody' }).click()
  await page.getByText('In any of them').waitFor()
  await expectGood('overlap')

  await view('export')
  await page.getByRole('button', { name: 'Start export' }).click()
  const download = page.waitForEvent('download')
  await page
    .getByRole('link', { name: /^Download / })
    .first()
    .click()
  assert.ok((await readFile(await (await download).path())).length > 0)
  await expectGood('export')

  await view('expiry')
  await page.getByLabel('Delete on').fill('2030-01-01T10:00')
  await page.getByRole('button', { name: 'Set expiry' }).click()
  await page.getByText(/Is deleted on/).waitFor()
  await expectGood('expiry')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByText('This segment stays until it is deleted.').waitFor()
})

test('The list keeps in its address what it is narrowed to, and deletes after a question', async () => {
  await open('/segments')
  await page.getByLabel('Search by name').fill('every')
  await page.waitForURL(/query=every/)
  await page.getByRole('link', { name: 'Reds', exact: true }).waitFor({ state: 'detached' })
  await page
    .getByRole('row', { name: /Everybody/ })
    .getByText('40')
    .first()
    .waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Everybody' }).waitFor()
  await expectGood('segments')
  await page.getByRole('button', { name: 'Actions for Everybody' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('The segment and all its versions go.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('No segment fits').waitFor()
})

test('A person has a timeline, endpoints and segments', async () => {
  await open('/people')
  await page.getByLabel('Find a person').fill('fan-00')
  await page.getByRole('link', { name: 'fan-00' }).waitFor()
  await page.getByRole('link', { name: 'fan-01' }).waitFor({ state: 'detached' })
  await expectGood('people')
  await page.getByRole('link', { name: 'fan-00' }).click()
  await page.getByText('ticket.bought').waitFor()
  await page.getByText('Match: Final', { exact: false }).waitFor()
  await expectGood('person')
  await page.getByRole('tab', { name: 'Endpoints and attributes' }).click()
  await page.getByText('Not opted out').waitFor()
  await page.getByRole('button', { name: 'Opt out' }).click()
  await page.getByRole('button', { name: 'Opt in again' }).waitFor()
  await expectGood('endpoints')
  await page.getByRole('tab', { name: 'Segments' }).click()
  await page.getByRole('link', { name: 'Reds', exact: true }).waitFor()
  await expectGood('segments of a person')
  await page.getByRole('tab', { name: 'Recommended' }).click()
  await page.getByText('Nothing recommends yet').waitFor()
})

test('A file comes in; the row that is wrong can be had back', async () => {
  await open('/imports')
  await expectGood('imports')
  const rows = ['id,mail,channel,team', 'csv-1,one@x.example,EMAIL,Reds', 'csv-2,two@x.example,PIGEON,Blues']
  await page.getByLabel('Drop a file here, or choose one').setInputFiles({
    name: 'fans.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`${rows.join('\n')}\n`),
  })
  await page.getByText('What is in fans.csv?').waitFor()
  const become = (column, what) => page.getByLabel(`What ${column} becomes`).selectOption({ label: what })
  await become('id', 'Endpoint id')
  await become('mail', 'Address')
  await become('channel', 'Channel')
  await become('team', 'User attribute')
  await page.getByLabel('Name for team').fill('Team')
  await expectGood('mapping')
  await page.getByRole('button', { name: /^(Import about|Start import)/ }).click()
  await page.getByText('1 rows were imported, 1 were not').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download failed rows' }).first().click()
  const failed = await readFile(await (await download).path(), 'utf8')
  assert.match(failed, /csv-2/)
  assert.doesNotMatch(failed, /csv-1/)
  await expectGood('after the import')
})

test('A person is deleted when their id was typed', async () => {
  await open('/people/fan-39')
  await page.getByRole('button', { name: 'Delete' }).click()
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete' })
  assert.ok(await confirm.isDisabled())
  await page.getByLabel('Type fan-39 to confirm').fill('fan-39')
  await confirm.click()
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
  await page.getByLabel('Find a person').fill('fan-39')
  await page.getByText('Nobody fits').waitFor()
})

test('Nothing went wrong unseen', () => assert.deepEqual(world.problems, []))
