import { launchBrowser, welcomeLink, kAdministrator, expectAccessible } from '/work/h/fe-campaigns/console/flows/browser.js'
import { everyPage, loadSample, settled, cutOff, call } from '/work/h/fe-campaigns/console/flows/pages.js'
import { readFile } from 'node:fs/promises'
const dist='/work/h/fe-campaigns/console/dist'
const types={js:'text/javascript',css:'text/css',svg:'image/svg+xml',html:'text/html'}
import { RapportServer } from '/work/h/fe-campaigns/test/harness/rapport_server.js'
const server = await RapportServer.start({})
const browser = await launchBrowser()
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', timezoneId: 'Asia/Taipei' })
const page = await context.newPage()
page.setDefaultTimeout(60000)
const problems = []
page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`))
const c = { stop: async () => { await browser.close(); await server.stop() } }
await context.route('**/*', async (route) => {
  const req = route.request(); const u = new URL(req.url())
  if (req.resourceType()==='document') return route.fulfill({ body: await readFile(dist+'/index.html'), contentType:'text/html' })
  if (u.pathname.startsWith('/assets/')||u.pathname==='/icon.svg') return route.fulfill({ body: await readFile(dist+u.pathname), contentType: types[u.pathname.split('.').pop()] })
  return route.continue()
})
try {
await page.goto(await welcomeLink(server))
  await page.getByLabel('User name').fill(kAdministrator.name)
  await page.getByLabel('Password', { exact: true }).fill(kAdministrator.password)
  await page.getByLabel('Password again').fill(kAdministrator.password)
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor()
  const app = await loadSample(page)
  console.log('app', app)
  const pages = await everyPage(page, app)
  const home = `/apps/${app}`
  const { Item: campaigns } = await call(page, `/rapport/v1/apps/${app}/campaign-search`)
  console.log(JSON.stringify(campaigns.map(c=>[c.Name,c.CampaignStatus,c.Frequency,c.HoldoutPercent,c.TreatmentCount,c.StartTime])))
  console.log(JSON.stringify(await call(page, `/rapport/v1/apps/${app}/campaigns/${campaigns.find(c=>c.HoldoutPercent)?.Id ?? campaigns[0].Id}/results?conversion-event=watch&window-hours=168`)).slice(0,1500))
  const { Item: templates } = await call(page, '/rapport/v1/template-search')
  const { Item: people } = await call(page, `/rapport/v1/apps/${app}/people?query=u`)
  const ep = people[0].Endpoints[0].Id
  const withHoldout = campaigns.find(c=>c.HoldoutPercent) ?? campaigns[0]
  const test = campaigns.find(c=>c.TreatmentCount>1) ?? withHoldout
  const list = {
    home, templates: `${home}/templates`, 'template-new': `${home}/templates/new`, 'template-inapp': `${home}/templates/new?type=INAPP`,
    template: `${pages.template}?endpoint=${ep}`, 'template-versions': `${pages.template}?tab=versions`,
    campaigns: `${home}/campaigns`, 'c-whom': `${home}/campaigns/new?copy=${withHoldout.Id}`, 'c-what': `${home}/campaigns/new?copy=${withHoldout.Id}&step=what`, 'c-when': `${home}/campaigns/new?copy=${withHoldout.Id}&step=when`,
    'c-limits': `${home}/campaigns/new?copy=${withHoldout.Id}&step=limits`, 'c-test': `${home}/campaigns/new?copy=${test.Id}&step=test`, 'c-review': `${home}/campaigns/new?copy=${withHoldout.Id}&step=review`,
    campaign: `${home}/campaigns/${withHoldout.Id}?event=watch`, 'campaign-test': `${home}/campaigns/${test.Id}?event=watch`, 'c-watch': `${home}/campaigns/${withHoldout.Id}?tab=watch`, 'c-settings': `${home}/campaigns/${withHoldout.Id}?tab=settings`,
    calendar: `${home}/calendar`,
  }
  const only = process.argv.slice(2)
  for (const [name, path] of Object.entries(list)) {
    if (only.length && !only.includes(name)) continue
    for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } })) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme: size === 'wide' ? 'light' : 'dark' })
      await page.goto(new URL(path, page.url()).href)
      try { await settled(page); await page.waitForLoadState('networkidle', {timeout: 4000}).catch(()=>{}) } catch (e) { console.log('not settled', name, e.message.slice(0,100)) }
      await page.screenshot({ path: `/tmp/fec/${name}-${size}.png`, fullPage: true })
      for (const f of await cutOff(page)) console.log(name, size, f)
      try { await expectAccessible(page, name+' '+size) } catch (e) { console.log(e.message.slice(0,600)) }
    }
    if (problems.length) { console.log(name, problems.splice(0).join('\n')) }
  }
} catch (e) { console.log('ERR', e.message); await page.screenshot({path:'/tmp/fec/err.png'}); console.log(problems) }
finally { await c.stop() }
