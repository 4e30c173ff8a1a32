/** The three jobs done by clicking, from an empty installation: let devices in, push components to them, watch what they put out. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { roleAllows } from '@ocelli/schemas/api/access'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import { API_ROUTES } from '@ocelli/schemas/api/routes'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { privateKeyOf, signComponent } from '../../server/cli/commands/component.ts'
import {
  colourFindings,
  DESKTOP,
  launchBrowser,
  type OpenConsole,
  openConsole,
  PHONE,
  seriousFindings,
} from '../support/browser.ts'
import { Installation } from '../support/installation.ts'
import { probe } from '../support/runtime-guests.ts'
import { buildSample } from '../support/wit-build.ts'

const FLEET = 'in-sensor=1,plain-camera=2,no-imager=1'
const DEVICES = 4
/** After this a page has settled, even on a slow machine. */
const SETTLED_MS = 15_000
/** Generous: the machine that runs this may be slow and shared. */
const LONG_MS = 90_000
const FIRING_MS = 300_000
/** Far longer than the editor's 75 ms. */
const READ_MS = 1_000

const MANIFEST = `apiVersion: ocelli/v1
kind: Deployment
metadata: { name: people }
spec:
  placement: everyImager
  realisations:
    - { name: in-sensor, component: people-count@1.0.0 }
    - { name: software, component: people-count@1.0.0, providers: [blob-detector@1.0.0] }
  frames: { frameRateMillihertz: 2000, widthPixels: 640, heightPixels: 480 }
  config: { limit: 6 }
  grants: [detector, frames, measurements, detections, events]
  limits: { memoryBytes: 50331648, callTimeoutMs: 4000, outputBytesPerSecond: 8192 }
  restart: { healthyForMs: 1000 }
`
const ALERT = `apiVersion: ocelli/v1
kind: Alert
metadata: { name: anybody }
spec:
  summary: Somebody may be there
  condition: { threshold: { name: people, aggregate: max, windowMs: 60000, above: -1 } }
  severity: warning
`
const NEXT = MANIFEST.replace('limit: 6', 'limit: 3').concat(
  '  rollout: { waves: [1, 100%], approval: manual, gate: { healthyForMs: 0 } }\n',
)
const AGAIN = NEXT.replace('limit: 3', 'limit: 4')
/** A component that imports `images`, on the imager that people are counted with. */
const PICTURES = `apiVersion: ocelli/v1
kind: Deployment
metadata: { name: pictures }
spec:
  target: { selector: 'device.labels.profile == "in-sensor"' }
  placement: everyImager
  realisations: [{ name: pictures, component: probe@1.0.0 }]
  frames: { frameRateMillihertz: 2000 }
  grants: [frames, measurements, events, state, images, imager-control]
`

let installation: Installation
let browser: Browser
let admin: OpenConsole

beforeAll(async () => {
  installation = await Installation.create()
  const [launched] = await Promise.all([launchBrowser(), installation.startServer()])
  browser = launched
  admin = await openConsole(browser, { url: installation.url, token: installation.client.context.token })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await installation?.close()
})

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const visible = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: LONG_MS })

/** The component and its signature as the toolchain leaves them: two files. */
async function signedFiles(name: string): Promise<readonly [string, string]> {
  const { file, manifest } = await buildSample(name)
  const key = privateKeyOf(join(installation.dataDir, 'keys/publisher.key'))
  const bytes = new Uint8Array(readFileSync(file))
  const { envelope } = await signComponent(installation.client, bytes, name, manifest.version, key)
  const signature = join(installation.folder, `${name}.wasm.sig.json`)
  writeFileSync(signature, JSON.stringify(envelope))
  return [file, signature]
}

/** Replaces what stands in the editor, as one pastes a manifest. */
async function write(page: Page, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Manifest' })
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await page.keyboard.press('Control+v')
}

/** Over the middle half of it, from left to right. */
async function drag(page: Page, over: Locator): Promise<void> {
  const box = await over.boundingBox()
  if (box === null) throw new Error('there is nothing to drag over')
  const middle = box.y + box.height / 2
  await page.mouse.move(box.x + box.width / 4, middle)
  await page.mouse.down()
  await page.mouse.move(box.x + (box.width * 3) / 4, middle, { steps: 4 })
  await page.mouse.up()
}

/** What a verb will do is told before it is done. */
async function askRollout(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: verb, exact: true }).click({ timeout: LONG_MS })
  await dialog.getByText('Absent').waitFor()
  await dialog.getByText('Waiting', { exact: true }).waitFor()
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await dialog.waitFor({ state: 'detached', timeout: LONG_MS })
}

describe('from an empty installation', () => {
  test('the overview tells the first steps, and a token lets simulated devices in while one watches', async () => {
    const { page } = admin
    await visible(page, 'First steps')
    await page.getByRole('link', { name: 'Make a token' }).click()
    await heading(page, 'Enrol devices').waitFor()
    await page.getByRole('button', { name: 'Add a label' }).click()
    await page.getByLabel('Key of the label').fill('site')
    await page.getByLabel('Value of the label').fill('hall')
    await page.getByLabel('Devices', { exact: true }).fill(String(DEVICES))
    await page.getByRole('button', { name: 'Make the token' }).click()
    await page.getByAltText('The token as a QR code').waitFor()
    const command = await page.locator('code', { hasText: 'ocelli-agent join' }).first().textContent()
    const token = /join (\S+)/.exec(command ?? '')?.[1] ?? ''
    const flags = [
      '--data-dir',
      join(installation.folder, 'simulator'),
      '--devices',
      String(DEVICES),
      '--profile-mix',
      FLEET,
    ]
    installation.start('simulator', 'simulator/src/main.ts', flags, { OCELLI_ENROLMENT_TOKEN: token })
    await visible(page, `${DEVICES} devices of ${DEVICES} arrived`)

    await page.getByRole('link', { name: 'Devices', exact: true }).click()
    await page
      .getByRole('row')
      .filter({ hasText: 'site=hall' })
      .nth(DEVICES - 1)
      .waitFor()
    await page.getByLabel('Search by name, id, model or label').fill('0004')
    await page.waitForURL(/q=.*0004/)
    await expect.poll(() => page.getByRole('row').count(), { timeout: LONG_MS }).toBe(2)

    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Save these filters' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('the fourth')
    await page.getByRole('button', { name: 'Save the view' }).click()
    await page.getByRole('button', { name: 'the fourth' }).waitFor()
    await page.getByLabel('Search by name, id, model or label').fill('')
    await expect.poll(() => page.getByRole('row').count(), { timeout: LONG_MS }).toBe(DEVICES + 1)
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'the fourth' }).click()
    await expect.poll(() => page.getByRole('row').count(), { timeout: LONG_MS }).toBe(2)
  }, 180_000)

  test('a component is uploaded with its signature, and admission answers in words', async () => {
    const { page } = admin
    const [detector, people] = [await signedFiles('blob-detector'), await signedFiles('people-count')]
    await page.goto(`${installation.url}/components`)
    await visible(page, 'The catalogue is empty')
    await page.getByRole('link', { name: 'Push a component' }).first().click()
    const choose = (files: readonly string[]) => page.getByLabel('Component and signature').setInputFiles([...files])
    const push = page.getByRole('button', { name: 'Push', exact: true })

    // The signature of other bytes is refused, with the reason and the next step.
    await choose([detector[0], people[1]])
    await push.click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/trust\.mismatch/)

    for (const [files, name] of [
      [detector, 'blob-detector@1.0.0'],
      [people, 'people-count@1.0.0'],
    ] as const) {
      await choose(files)
      await push.click()
      await visible(page, `${name} is admitted`)
    }
    await visible(page, /signed by development/)
    await page.getByRole('link', { name: 'See who could run it' }).click()
    await heading(page, 'people-count').waitFor()
    await visible(page, /devices? placed/)
  }, 180_000)

  test('the editor shows a mistake where it is, a plan shows each device, and apply does what it showed', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Deploy it' }).click()
    await heading(page, 'New deployment').waitFor()
    const plan = page.getByRole('button', { name: 'Plan', exact: true })
    const apply = page.getByRole('button', { name: 'Apply', exact: true })
    await write(page, MANIFEST.replace('placement:', 'placment:'))
    // By the schema at once and without the server, with what is meant; by the server with its own words.
    await page.getByRole('list', { name: 'What is wrong' }).getByText('did you mean `placement`').waitFor()
    await page.locator('.cm-lintRange-error').first().waitFor()
    await plan.click()
    await page
      .getByRole('alert')
      .getByText(/placment/)
      .first()
      .waitFor()
    // Without a mouse: what may stand here, with what it means.
    await page.getByRole('textbox', { name: 'Manifest' }).focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('  roll')
    await page.locator('.cm-completionInfo').getByText('How a new revision reaches the devices').waitFor()
    await page.getByRole('option', { name: 'rollout' }).waitFor()
    // In the first moment of a list the editor takes Enter for a new line: nobody has read the list yet.
    await page.waitForTimeout(READ_MS)
    await page.keyboard.press('Enter')
    await page.locator('.cm-line', { hasText: 'rollout:' }).waitFor()

    await write(page, MANIFEST)
    expect(await apply.getAttribute('aria-disabled')).toBe('true')
    await plan.click()
    await visible(page, '3 devices placed')
    await visible(page, 'The device has no imager')
    await apply.click()
    await heading(page, 'people').waitFor()
    await visible(page, /3 of 3 instances run/)

    await page.getByRole('link', { name: /Why and why not/ }).click()
    await visible(page, 'the device has no imager')
    await visible(page, /would run if/)
  }, 180_000)

  test('what the sensors see is watched live, and a device shows why and what', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Sensors' }).click()
    await page.getByRole('heading', { level: 2, name: 'people' }).waitFor({ timeout: LONG_MS })
    await page.getByText('Live', { exact: true }).waitFor({ timeout: LONG_MS })
    await page
      .getByRole('img', { name: /detections?/ })
      .first()
      .waitFor({ timeout: LONG_MS })
    const saved = page.waitForEvent('download', { timeout: LONG_MS })
    await page.getByRole('button', { name: 'CSV' }).first().click()
    expect(readFileSync(await (await saved).path(), 'utf8')).toMatch(/people/)

    await drag(page, page.getByRole('img', { name: /^people over 15 min/ }).locator('.u-over'))
    await page.waitForURL(/range=\d+-\d+/)
    const [, from = 0, to = 0] = (/range=(\d+)-(\d+)/.exec(page.url()) ?? []).map(Number)
    // Half of the width is half of the quarter of an hour, give or take a pixel.
    expect((to - from) / 60_000).toBeCloseTo(7.5, 0)
    await page.getByRole('img', { name: /^people over 7 min/ }).waitFor({ timeout: LONG_MS })
    await page.getByRole('button', { name: 'Back to live' }).click()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: LONG_MS })

    await page.getByRole('button', { name: 'Wall' }).click()
    await page
      .getByRole('link', { name: /people/ })
      .first()
      .focus()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: LONG_MS })
    await page
      .getByRole('link', { name: /people/ })
      .first()
      .click()
    await visible(page, 'Last values')
    await page.getByRole('link', { name: 'Timeline' }).click()
    await visible(page, /people revision 1/)
    await page.getByRole('link', { name: 'Overview' }).last().click()
    await page.getByRole('button', { name: 'Restart' }).first().click()
    await visible(page, /restarted on/)
    // Pixels leave only on purpose: without the grant the action says why it cannot be done.
    await page.getByRole('button', { name: 'Take a picture' }).first().hover()
    await visible(page, /no grant/)
  }, 180_000)

  test('a new revision goes out in waves, and is aborted after the page said what that does', async () => {
    const { page } = admin
    await page.goto(`${installation.url}/deployments/people/edit`)
    await heading(page, 'Edit people').waitFor()
    await write(page, NEXT)
    await page.getByRole('button', { name: 'Plan', exact: true }).click()
    await visible(page, 'What differs from the revision in force')
    await visible(page, 'What changes on each device')
    // Who would be in which wave is told before anything is applied.
    const waves = page.getByRole('list', { name: 'Planned waves' }).locator('> li')
    expect(await waves.count()).toBe(2)
    expect(await waves.nth(1).getByRole('link').count()).toBe(2)
    await waves.nth(0).getByText('Needs approval').waitFor()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await heading(page, /^people/).waitFor()
    await page.getByRole('link', { name: 'Rollout', exact: true }).click()
    await visible(page, 'Wave 2')
    const ask = (verb: string) => askRollout(page, verb)
    await page.getByRole('button', { name: 'Approve' }).waitFor({ timeout: LONG_MS })
    await ask('Pause')
    await page.locator('header').getByText('Paused').waitFor({ timeout: LONG_MS })
    await ask('Resume')
    await ask('Approve')
    await ask('Abort')
    await page.locator('header').getByText('Aborted').waitFor({ timeout: LONG_MS })
    await ask('Roll back')
    await page
      .locator('header')
      .getByText(/^Roll(ing|ed) back$/)
      .waitFor({ timeout: LONG_MS })
    expect(admin.complaints).toEqual([])
  }, 180_000)

  test('one is promoted past its waves, and where pixels may leave a picture is taken and has its boxes', async () => {
    const { page } = admin
    await page.goto(`${installation.url}/deployments/people/edit`)
    await heading(page, 'Edit people').waitFor()
    await write(page, AGAIN)
    await page.getByRole('button', { name: 'Plan', exact: true }).click()
    await page.getByRole('list', { name: 'Planned waves' }).waitFor({ timeout: LONG_MS })
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await heading(page, 'people').waitFor()
    await page.getByRole('link', { name: 'Rollout', exact: true }).click()
    await visible(page, /revision \d+ → 3/)
    await askRollout(page, 'Promote')
    await page.locator('header').getByText('Completed').waitFor({ timeout: LONG_MS })

    const wasm = join(installation.folder, 'probe.wasm')
    writeFileSync(wasm, (await probe()).wasm)
    const key = join(installation.dataDir, 'keys/publisher.key')
    expect(await installation.cli('push', wasm, '--as', 'probe@1.0.0', '--key', key)).toMatchObject({ code: 0 })
    await installation.client.post('/apply', { body: { manifests: PICTURES } })
    const { placements } = await installation.client.get<DeploymentDetail>('/deployments/pictures')
    const device = placements[0]?.placement.device
    await page.goto(`${installation.url}/devices/${device}`)
    const instance = page.getByRole('listitem').filter({ hasText: 'probe@1.0.0' })
    await instance.getByText(/^(Running|Healthy)$/).waitFor({ timeout: LONG_MS })
    await instance.getByRole('button', { name: 'Take a picture' }).click()
    await visible(page, /took a picture/)
    await page.getByRole('link', { name: 'Outputs' }).click()
    const figure = page
      .locator('figure')
      .filter({ has: page.getByRole('img', { name: 'snapshot, taken by the device' }) })
    await figure.first().waitFor({ timeout: LONG_MS })
    const width = () => page.evaluate<number>(`document.querySelector('figure img')?.naturalWidth ?? 0`)
    await expect.poll(width, { timeout: LONG_MS }).toBeGreaterThan(100)
    await figure.first().locator('svg rect').first().waitFor({ timeout: LONG_MS })
    expect(admin.complaints).toEqual([])
  }, 180_000)

  test('an alert that fires is taken on and muted', async () => {
    const { page } = admin
    await page.goto(`${installation.url}/alerts`)
    await page.getByRole('link', { name: /rule/i }).first().click()
    await heading(page, 'New rule').waitFor()
    await write(page, ALERT)
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await visible(page, 'The rule is in force.')
    await page.goto(`${installation.url}/alerts`)
    const alert = page.getByRole('listitem').filter({ hasText: 'rule anybody' }).first()
    // A window is a minute at least, and an instance that has just changed is measured for all of it first.
    await alert.getByText('Firing').waitFor({ timeout: FIRING_MS })
    await alert.getByRole('button', { name: 'Take it on' }).click()
    await alert.getByText(/Taken on by bootstrap/).waitFor({ timeout: LONG_MS })
    await alert.getByRole('button', { name: 'Mute 1 h' }).click()
    await alert.getByText('Muted', { exact: true }).waitFor({ timeout: LONG_MS })
    await alert.getByRole('button', { name: 'Tell again' }).click()
    await alert.getByText('Muted', { exact: true }).waitFor({ state: 'detached', timeout: LONG_MS })
    expect(admin.complaints).toEqual([])
  }, 400_000)
})

test('a viewer looks at everything and changes nothing, in the page and in the API', async () => {
  const { page } = admin
  await page.goto(`${installation.url}/settings`)
  await page.getByRole('button', { name: 'New token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('visitor')
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  const token = (await dialog.locator('code').first().textContent()) ?? ''

  const viewer = await openConsole(browser, { url: installation.url, token, path: '/deployments/people' })
  const cannot = async (name: string) => {
    const button = viewer.page.getByRole('button', { name, exact: true }).first()
    await expect.poll(() => button.getAttribute('aria-disabled'), { timeout: LONG_MS, message: name }).toBe('true')
    await button.focus()
    await visible(viewer.page, /needs the role (operator|admin|publisher); your token “visitor” is viewer/)
  }
  await heading(viewer.page, 'people').waitFor()
  await cannot('Delete')
  await viewer.page.getByRole('link', { name: 'Try a change' }).click()
  await viewer.page.getByRole('button', { name: 'Plan', exact: true }).click()
  await visible(viewer.page, 'What changes on each device')
  await cannot('Apply')
  const [device] = (await installation.client.get<{ items: { id: string }[] }>('/devices')).items
  for (const [path, name] of [
    [`/devices/${device?.id}`, 'Edit'],
    [`/devices/${device?.id}?tab=identity`, 'Revoke'],
    ['/enrol', 'Make the token'],
    ['/components/push', 'Push'],
    ['/settings', 'New token'],
  ] as const) {
    await viewer.page.goto(`${installation.url}${path}`)
    await cannot(name)
  }
  expect(viewer.complaints).toEqual([])
  await viewer.close()

  const changing = API_ROUTES.filter(({ method, role }) => method !== 'GET' && !roleAllows('viewer', role))
  expect(changing.length).toBeGreaterThan(15)
  for (const { method, path, operationId } of changing) {
    const url = installation.url + path.replace(/\{\w+\}/g, 'x')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(url, { method, headers, body: '{}' })
    // A body of another type is refused as well, but only bytes are: their routes answer 4xx before the role is looked at.
    expect([400, 403], operationId).toContain(answer.status)
    if (answer.status === 403) expect((await answer.json()) as object).toMatchObject({ code: 'auth.forbidden' })
  }
}, 120_000)

test('every page is free of serious findings, fits a phone, and the browser complains of nothing', async () => {
  const [device] = (await installation.client.get<{ items: { id: string }[] }>('/devices?presence=online')).items
  const paths = [
    '/',
    '/devices',
    `/devices/${device?.id}`,
    ...['outputs', 'timeline', 'logs', 'identity'].map((tab) => `/devices/${device?.id}?tab=${tab}`),
    '/enrol',
    '/components',
    '/components/people-count/1.0.0',
    '/components/push',
    '/deployments',
    '/deployments/people',
    ...['decisions', 'outputs', 'revisions'].map((tab) => `/deployments/people?tab=${tab}`),
    '/deployments/people/edit',
    '/rollouts',
    '/rollouts/people',
    '/sensors',
    '/sensors?view=wall',
    '/alerts',
    '/alerts?tab=rules',
    '/alerts?tab=receivers',
    '/alerts/new',
    '/audit',
    '/settings',
    ...['publishers', 'retention', 'server'].map((tab) => `/settings?tab=${tab}`),
  ]
  const { page } = admin
  await page.goto(`${installation.url}/`)
  const found: string[] = []
  const show = async (path: string) => {
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(path)})`)
    await page.locator('h1').first().waitFor()
    const loading = page.getByRole('status').filter({ hasText: 'Loading' })
    await expect.poll(() => loading.count(), { timeout: LONG_MS, message: path }).toBe(0)
  }
  for (const path of paths) {
    await show(path)
    found.push(...(await lasting(() => seriousFindings(page))).map((finding) => `${path}: ${finding}`))
    await page.setViewportSize(PHONE)
    const tooWide = async () => {
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      return width > PHONE.width ? [`${path} is ${width} pixels wide on a phone of ${PHONE.width}`] : []
    }
    found.push(...(await lasting(tooWide)))
    await page.setViewportSize(DESKTOP)
  }
  // All pages once more: to draw a page in another theme takes longer than to go to the next one.
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const path of paths) {
    await show(path)
    found.push(...(await lasting(() => colourFindings(page))).map((finding) => `${path} in the dark: ${finding}`))
  }
  await page.emulateMedia({ colorScheme: 'light' })
  expect(found).toEqual([])
  expect(admin.complaints).toEqual([])
}, 480_000)

/** What shows only while a live page changes, say before a chart has its new width, is no finding: it is looked at again. */
async function lasting(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const endMs = performance.now() + SETTLED_MS
  let found = await look()
  while (found.length > 0 && performance.now() < endMs) found = await look()
  return found
}

test('the files are served with a strict policy, kept by their hash, and never in the place of the API', async () => {
  const html = { accept: 'text/html' }
  const page = await fetch(`${installation.url}/devices/d-anything`, { headers: html })
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? ''
  const asset = await fetch(installation.url + script)
  expect(asset.status).toBe(200)
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(asset.headers.get('content-encoding')).toBe('gzip')
  for (const path of [
    '/api/v1/nothing',
    '/api',
    '/assets/gone.js',
    '/../package.json',
    '/assets/..%2f.inputs',
    '/.inputs',
  ]) {
    const answer = await fetch(installation.url + path, path.startsWith('/api') ? { headers: html } : {})
    expect(answer.status, path).toBe(404)
    expect(answer.headers.get('content-type'), path).toContain('application/problem+json')
  }
})

test('the command line prints a link that signs in, and the address keeps no token', async () => {
  const { stdout } = await installation.cli('console', '--for', 'wall screen', '--role', 'viewer')
  expect(stdout.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S+$/)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(stdout.trim())
  await visible(page, 'wall screen')
  expect(page.url()).toBe(`${installation.url}/`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await heading(page, 'Sign in to Ocelli').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await context.close()
}, 120_000)
