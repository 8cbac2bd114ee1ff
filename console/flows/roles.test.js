// What a role may not do is not offered to it, on any page; and what it may look at is not refused.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { startConsole } from './browser.js'
import { call, everyPage, kOpenPages, loadSample, settled } from './pages.js'

const kPassword = 'looking is enough'
/** Pages that are looked at at the same time. */
const kWindows = 3

/** The controls of the main part with which one only looks: filters, questions, charts, pages; and one's own password. */
const kLooking = [
  /^(Search by name|Find a person|Type|Status|Order|Show|Composition by|Time zone|For whom|Operation|Who)$/,
  /^(Id of an endpoint|Event|Within|Choose a model|User|Item|Ask|Why\?|Count it)$/,
  /^(Next|Previous|Older|Newer|Others|Earlier month|Today|Later month|\+ Add a segment)$/,
  /^(View version \d+|Show as (table|chart)|Download .*|.*: Actions|Load remote pictures)$/,
  /^(Current password|New password|New password again|Change password)$/,
]

let world
let pages
before(async () => {
  world = await startConsole()
  const app = await loadSample(world.page)
  pages = await everyPage(world.page, app)
})
after(() => world?.stop())

/** A window in which a new user of this role is logged in. */
async function windowOf(role) {
  const { Token } = await call(world.page, '/rapport/v1/users', {
    method: 'POST',
    body: { UserName: role.toLowerCase(), Role: role },
  })
  const context = await world.browser.newContext({ locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(`${world.server.endpoint}/invitation?token=${Token}`)
  await page.getByLabel('Password', { exact: true }).fill(kPassword)
  await page.getByLabel('Password again').fill(kPassword)
  await page.getByRole('button', { name: 'Choose password and log in' }).click()
  await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor()
  return context
}

/** Opens every page and calls `look` with it; the answer is what the server refused meanwhile. */
async function walk(context, look) {
  const refused = []
  const left = Object.entries(pages)
  async function walkOn() {
    const page = await context.newPage()
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(`${response.request().method()} ${response.url()}`)
    })
    page.on('pageerror', (error) => refused.push(error.message))
    for (let next = left.pop(); next; next = left.pop()) {
      const [name, path] = next
      await page.goto(world.server.endpoint + path)
      await settled(page)
      await look(page, name)
    }
  }
  await Promise.all(Array.from({ length: kWindows }, walkOn))
  return refused
}

/** The names of what can be pressed or filled in on the page, without its tabs. */
function controlsOf(page) {
  return page.evaluate(() => {
    const forms = 'a[href$="/new"], a[href*="/new?"], a[href*="/edit"]'
    const found = document.querySelectorAll(
      `main :is(button:not([role=tab]), input, select, textarea, ${forms}):not(:disabled)`,
    )
    return [...found].map(
      (one) => one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent,
    )
  })
}

test('The list of pages has one for every route', async () => {
  const tree = await readFile(new URL('../src/routeTree.gen.ts', import.meta.url), 'utf8')
  const [, block] = /^ {2}to:\n((?: +\| '[^']+'\n)+)/m.exec(tree)
  const routes = [...block.matchAll(/'([^']+)'/g)].map(([, route]) => route)
  assert.ok(routes.length > 20)
  const paths = Object.values({ ...pages, ...kOpenPages }).map((path) => path.split('?')[0])
  const missing = routes.filter((route) => {
    const shape = new RegExp(`^${route.replace(/\$\w+/g, '[^/]+')}$`)
    return !paths.some((path) => shape.test(path))
  })
  assert.deepEqual(missing, [])
})

test('A viewer finds nothing to change on any page', async () => {
  const context = await windowOf('VIEWER')
  const offered = []
  const refused = await walk(context, async (page, name) => {
    for (const control of await controlsOf(page))
      if (!kLooking.some((one) => one.test(control))) offered.push(`${name}: ${control}`)
    if (/-(new|edit)$/.test(name)) await page.getByText('Your role may not do this').first().waitFor()
  })
  assert.deepEqual(offered, [])
  assert.deepEqual(refused, [])
  await context.close()
})

test('A marketer finds what is theirs, and nothing of developers and administrators', async () => {
  const context = await windowOf('MARKETER')
  const offered = new Map()
  const refused = await walk(context, async (page, name) => {
    offered.set(name, await controlsOf(page))
    if (name.startsWith('settings')) {
      const tabs = await page.getByRole('tab').allTextContents()
      assert.deepEqual(tabs, ['Channels', 'Limits', 'Event stream', 'Server', 'My password'])
    }
  })
  assert.deepEqual(refused, [])
  for (const [page, control] of [
    ['segments', 'Create segment'],
    ['segment-export', 'Start export'],
    ['template', 'Delete'],
    ['campaign', 'Delete'],
    ['person', 'Delete'],
    ['learning-models', 'Train a model'],
    ['settings-limits', 'Save'],
  ])
    assert.ok(offered.get(page).includes(control), `${page}: ${offered.get(page)}`)
  assert.deepEqual(
    offered.get('settings-channels').filter((control) => /Turn|Save|key/i.test(control)),
    [],
  )
  assert.deepEqual(offered.get('settings-stream'), [])
  await context.close()
})
