// A Chromium of a test, beside a server of its own.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { RapportServer } from '../../test/harness/rapport_server.js'

const run = promisify(execFile)
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** How long a step may take: CI machines can be slow. */
const kPatienceMs = Number(process.env.PATIENCE_MS ?? 60_000)

export const kAdministrator = { name: 'ada', password: 'correct horse battery' }

/** Debian's Chromium without a window. Where it runs as root (in containers) it has no sandbox of its own. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
}

/** The one-time link for the first administrator, as `rapport console-link` prints it. */
export async function welcomeLink(server) {
  const binary =
    process.env.RAPPORT_BINARY ?? new URL('../../build/release/rapport', import.meta.url).pathname
  const { stdout } = await run(binary, ['console-link', '--data', server.directory])
  const token = /token=([\w-]+)/.exec(stdout)?.[1]
  assert.ok(token, `No token in: ${stdout}`)
  return `${server.endpoint}/welcome?token=${token}`
}

/** A server with an administrator, and a page on which the administrator is logged in. */
export async function startConsole({ viewport = { width: 1280, height: 900 }, ...settings } = {}) {
  const server = await RapportServer.start(settings)
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport, locale: 'en-US', timezoneId: 'Asia/Taipei' })
  context.setDefaultTimeout(kPatienceMs)
  const page = await context.newPage()
  const problems = []
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
  // The browser itself notes every refusal of the server; those are answers, which pages show.
  const isAnswer = (text) => text.startsWith('Failed to load resource')
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAnswer(message.text())) problems.push(`console: ${message.text()}`)
  })
  const calls = []
  page.on('request', (request) =>
    calls.push(
      [request.method(), request.url(), request.headers()['x-amz-target']].filter(Boolean).join(' '),
    ),
  )
  await page.goto(await welcomeLink(server))
  await page.getByLabel('User name').fill(kAdministrator.name)
  await page.getByLabel('Password', { exact: true }).fill(kAdministrator.password)
  await page.getByLabel('Password again').fill(kAdministrator.password)
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor()
  return {
    server,
    browser,
    context,
    page,
    problems,
    calls,
    async stop() {
      await browser.close()
      await server.stop()
    },
  }
}

/** Fails when axe finds something serious or critical on the page once it shows what it loaded. */
export async function expectAccessible(page, where) {
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
  assert.deepEqual(told, [], `axe on ${where}`)
}
