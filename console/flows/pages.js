// Every page of the console, for pictures and for axe.

import assert from 'node:assert/strict'
import { eventually } from '../../test/harness/rapport_server.js'

/** Calls the API as the page's session would. */
export async function call(page, path, { method = 'GET', body, target } = {}) {
  return page.evaluate(
    async ([path, method, body, target]) => {
      const session = await (await fetch('/rapport/v1/session')).json()
      const answer = await fetch(path, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: {
          'Content-Type': target ? 'application/x-amz-json-1.1' : 'application/json',
          'X-Rapport-Csrf': session.CsrfToken ?? '',
          ...(target ? { 'X-Amz-Target': target } : {}),
        },
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? {} : JSON.parse(text)
    },
    [path, method, body, target],
  )
}

/** Loads the sample and waits until it is there; the answer is its application's id. */
export async function loadSample(page) {
  await page.goto(new URL('/', page.url()).href)
  await page.getByRole('button', { name: 'Load the sample' }).click()
  const open = page.getByRole('link', { name: 'Open Bingewatch' })
  await open.waitFor({ timeout: 120_000 })
  await open.click()
  await page.waitForURL('**/apps/*')
  return page.url().split('/apps/')[1].split('/')[0]
}

/** Trains a model and waits until it is there; the answer is the end of its ARN, `<solution>/<version>`. */
async function trainedModel(page, datasetGroupArn) {
  const learn = (operation, body) =>
    call(page, '/', { method: 'POST', target: `AmazonPersonalize.${operation}`, body })
  const { solutionArn } = await learn('CreateSolution', {
    name: 'taste',
    datasetGroupArn,
    recipeArn: 'arn:aws:personalize:::recipe/aws-item-attribute-affinity',
    performAutoTraining: false,
  })
  const { solutionVersionArn } = await learn('CreateSolutionVersion', { solutionArn })
  await eventually('the model is trained', async () => {
    const { solutionVersion } = await learn('DescribeSolutionVersion', { solutionVersionArn })
    return solutionVersion.status === 'ACTIVE'
  })
  return solutionVersionArn.split(':solution/')[1]
}

/** The pages of those who are not logged in. */
export const kOpenPages = {
  'log-in': '/login',
  welcome: '/welcome?token=x',
  invitation: '/invitation?token=x',
}

/** The paths of every page by a name for its picture, on a server that holds the sample. */
export async function everyPage(page, app) {
  const search = `/rapport/v1/apps/${app}`
  const { Item: segments } = await call(page, `${search}/segment-search`)
  const { Item: campaigns } = await call(page, `${search}/campaign-search`)
  const { Item: templates } = await call(page, '/rapport/v1/template-search')
  const { Item: people } = await call(page, `${search}/people?query=u`)
  assert.ok(segments[0] && campaigns[0] && templates[0] && people[0], 'The sample lacks something to look at')
  const { datasetGroups } = await call(page, '/', {
    method: 'POST',
    target: 'AmazonPersonalize.ListDatasetGroups',
    body: {},
  })
  const [group] = datasetGroups
  const model = await trainedModel(page, group.datasetGroupArn)
  const home = `/apps/${app}`
  const tabs = (name, path, values) =>
    Object.fromEntries(values.map((tab) => [`${name}-${tab}`, `${path}?tab=${tab}`]))
  const segment = `${home}/segments/${segments[0].Id}`
  const campaign = `${home}/campaigns/${campaigns[0].Id}`
  const person = `${home}/people/${people[0].UserId}`
  const endpoint = people.flatMap(({ Endpoints }) => Endpoints)[0]
  return {
    ...tabs('segment', segment, ['members', 'why', 'versions', 'overlap', 'export', 'expiry']),
    ...tabs('campaign', campaign, ['settings', 'watch', 'versions']),
    ...tabs('person', person, ['endpoints', 'segments', 'recommended']),
    'learning-try': `${home}/learning/${group.name}?tab=try`,
    model: `${home}/learning/${group.name}/models/${model}`,
    applications: '/',
    home,
    segments: `${home}/segments`,
    'segment-new': `${home}/segments/new`,
    segment,
    'segment-edit': `${segment}/edit`,
    predictive: `${home}/segments/predictive`,
    'predictive-new': `${home}/segments/predictive/new`,
    imports: `${home}/imports`,
    people: `${home}/people`,
    person,
    endpoint: `${home}/people/endpoint/${endpoint.Id}`,
    templates: `${home}/templates`,
    'template-new': `${home}/templates/new`,
    template: `${home}/templates/${templates[0].TemplateType.toLowerCase()}/${templates[0].TemplateName}`,
    campaigns: `${home}/campaigns`,
    'campaign-new': `${home}/campaigns/new`,
    campaign,
    'campaign-edit': `${campaign}/edit`,
    calendar: `${home}/calendar`,
    learning: `${home}/learning`,
    'learning-data': `${home}/learning/${group.name}`,
    'learning-models': `${home}/learning/${group.name}?tab=models`,
    ...Object.fromEntries(
      ['channels', 'limits', 'stream', 'keys', 'users', 'audit', 'server', 'account'].map((tab) => [
        `settings-${tab}`,
        `${home}/settings?tab=${tab}`,
      ]),
    ),
  }
}

/** Waits until the page has its title and nothing is being loaded. */
export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(
    () => document.querySelectorAll('[role=status][aria-label="Loading…"]').length === 0,
  )
}

/** What a reader would not see: a page wider than its window, text cut off by its box. */
export function cutOff(page) {
  return page.evaluate(() => {
    const found = []
    if (document.documentElement.scrollWidth > innerWidth + 1)
      found.push(`the page is ${document.documentElement.scrollWidth} wide in ${innerWidth}`)
    for (const element of document.querySelectorAll('h1,h2,h3,p,a,button,label,th,td,span,dd,dt,li')) {
      const style = getComputedStyle(element)
      if (style.overflowX !== 'hidden' || element.classList.contains('sr-only')) continue
      if (element.closest('.sr-only')) continue
      if (element.scrollWidth > element.clientWidth + 1)
        found.push(`cut off: ${element.textContent.slice(0, 60)}`)
    }
    return found
  })
}

/** The calls of a page that `/openapi.json` does not list; `calls` are `METHOD url target` as they were sent. */
export async function unlistedCalls(endpoint, calls) {
  const { paths } = await (await fetch(`${endpoint}/openapi.json`)).json()
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      target: path.startsWith('/#') ? path.slice(2) : undefined,
      shape: new RegExp(`^${path.replace(/\{[^}]+\+\}/g, '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    })),
  )
  return [...new Set(calls)].filter((call) => {
    const [method, url, target] = call.split(' ')
    const { pathname } = new URL(url)
    if (method === 'GET' && /^\/($|apps|assets|icon|login|welcome|invitation)/.test(pathname)) return false
    return !listed.some((one) =>
      target ? one.target === target : one.method === method && one.shape.test(pathname),
    )
  })
}
