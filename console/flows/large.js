// How the console answers over a million endpoints, 100,000 segments and 100,000 campaigns. Prints milliseconds; asserts nothing.

import { startConsole } from './browser.js'
import { call, settled } from './pages.js'

const kEndpoints = Number(process.env.ENDPOINTS ?? 1_000_000)
const kLists = Number(process.env.LISTS ?? 100_000)
const kCountries = ['TW', 'JP', 'US', 'DE', 'FR', 'BR', 'IN', 'KR']
const kPlatforms = ['iOS', 'Android', 'Web']

const world = await startConsole({ environment: { RAPPORT_CHECK_RESPONSES: 'false' } })
const { page, server } = world
page.setDefaultTimeout(600_000)
const session = await call(page, '/rapport/v1/session')
const cookie = (await world.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')

async function send(path, method, body, type = 'application/json') {
  const headers = { Cookie: cookie, 'X-Rapport-Csrf': session.CsrfToken, 'Content-Type': type }
  const answer = await fetch(server.endpoint + path, { method, headers, body })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? {} : answer.json()
}

/** Runs `work` for 0 to `count`, sixteen at a time. */
async function inParallel(count, work) {
  let next = 0
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

async function importEndpoints(app) {
  const upload = await send('/rapport/v1/uploads', 'POST', JSON.stringify({ FileName: 'people.csv' }))
  let text = 'Id,ChannelType,Address,User.UserId,Demographic.Platform,Location.Country,Attributes.Team\n'
  let part = 1
  const flush = async () => {
    await send(`/rapport/v1/uploads/${upload.Id}/parts/${part++}`, 'PUT', text, 'application/octet-stream')
    text = ''
  }
  for (let row = 0; row < kEndpoints; ++row) {
    text += `e${row},EMAIL,u${row}@example.org,u${row},${kPlatforms[row % 3]},${kCountries[(row * 7) % 8]},Team${(row * 31) % 500}\n`
    if (text.length > upload.PartBytes - 200) await flush()
  }
  await flush()
  const { S3Url } = await send(`/rapport/v1/uploads/${upload.Id}/completion`, 'POST')
  const job = await send(
    `/v1/apps/${app}/jobs/import`,
    'POST',
    JSON.stringify({
      Format: 'CSV',
      S3Url,
      RoleArn: 'arn:aws:iam::000000000000:role/any',
      RegisterEndpoints: true,
    }),
  )
  for (;;) {
    const { JobStatus } = await send(`/v1/apps/${app}/jobs/import/${job.Id}`, 'GET')
    if (JobStatus === 'COMPLETED') return
    if (JobStatus === 'FAILED') throw new Error('The import failed')
    await new Promise((wake) => setTimeout(wake, 250))
  }
}

function tell(what, times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))])
  process.stdout.write(`${what.padEnd(58)} median ${at(0.5)} ms, slowest ${at(1)} ms\n`)
}

async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

try {
  const { Id: app } = await send('/v1/apps', 'POST', JSON.stringify({ Name: 'Large' }))
  tell(`import of ${kEndpoints} endpoints`, [await timed(() => importEndpoints(app))])
  const segment = (name) => ({ Name: name, Dimensions: { Demographic: { Platform: { Values: ['iOS'] } } } })
  let segmentId = ''
  const segments = await timed(() =>
    inParallel(kLists, async (at) => {
      segmentId = (await send(`/v1/apps/${app}/segments`, 'POST', JSON.stringify(segment(`Segment ${at}`))))
        .Id
    }),
  )
  tell(`${kLists} segments made`, [segments])
  const campaigns = await timed(() =>
    inParallel(kLists, (at) =>
      send(
        `/v1/apps/${app}/campaigns`,
        'POST',
        JSON.stringify({
          Name: `Campaign ${at}`,
          SegmentId: segmentId,
          Schedule: { StartTime: '2099-01-01T00:00:00Z', Frequency: 'ONCE' },
          MessageConfiguration: { DefaultMessage: { Body: 'Hello' } },
        }),
      ),
    ),
  )
  tell(`${kLists} campaigns made`, [campaigns])

  for (const list of ['segments', 'campaigns']) {
    const times = []
    for (let round = 0; round < 5; ++round) {
      times.push(
        await timed(async () => {
          await page.goto(`${server.endpoint}/apps/${app}/${list}`)
          await settled(page)
          await page.getByRole('row').nth(2).waitFor()
        }),
      )
    }
    tell(`page of ${list}, opened afresh`, times)
    const searches = []
    for (const query of ['99', '77', '12', '42', '31']) {
      searches.push(
        await timed(async () => {
          await page
            .getByRole('searchbox')
            .or(page.getByRole('textbox', { name: 'Search by name' }))
            .first()
            .fill(query)
          const found = new RegExp(`(Segment|Campaign) \\d*${query}\\d*`)
          await page.waitForFunction(
            (source) =>
              [...document.querySelectorAll('tbody tr')].length > 0 &&
              [...document.querySelectorAll('tbody tr')].every((row) =>
                new RegExp(source).test(row.textContent),
              ),
            found.source,
          )
        }),
      )
    }
    tell(`search in ${list}, from the last key to the rows`, searches)
  }

  await page.goto(`${server.endpoint}/apps/${app}/segments/new`)
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('menuitem', { name: 'Device' }).click()
  await page.getByLabel('Field', { exact: true }).selectOption('Country')
  const edits = []
  for (const country of kCountries) {
    const shown = () => page.locator('[aria-live=polite]', { hasText: 'endpoint' }).textContent()
    const before = await shown()
    edits.push(
      await timed(async () => {
        const values = page.getByLabel('Values', { exact: true })
        await values.fill(country)
        await values.press('Enter')
        await page.waitForFunction(
          (old) =>
            [...document.querySelectorAll('[aria-live=polite]')].some(
              (one) => /endpoint/.test(one.textContent) && one.textContent !== old,
            ) && !document.querySelector('main [aria-busy=true]'),
          before,
        )
      }),
    )
  }
  tell(`size over ${kEndpoints} endpoints, from the key to the number`, edits)
} finally {
  await world.stop()
}
