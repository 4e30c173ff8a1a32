/** Chromium with the console open, and what every page of it must keep: no error in the log of the browser, no serious finding of axe. */
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildConsole } from '../../server/console/build.ts'

/** As Debian installs it. */
const EXECUTABLE = '/usr/bin/chromium'
export const DESKTOP = { width: 1440, height: 900 } as const
export const PHONE = { width: 390, height: 844 } as const

export async function launchBrowser(): Promise<Browser> {
  await buildConsole()
  return chromium.launch({
    executablePath: EXECUTABLE,
    // Tests run as root in containers, where Chromium's sandbox cannot start.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--hide-scrollbars'],
  })
}

export interface ConsoleOptions {
  readonly url: string
  readonly token: string
  readonly theme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Where the page starts, as in `/devices`. */
  readonly path?: string
  /** A script that the page runs before its own. */
  readonly script?: string
}

export interface OpenConsole {
  readonly page: Page
  /** What the browser complained of: scripts that threw, what the content security policy refused. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** Signed in by a link that carries the token; answers when the page has its heading. */
export async function openConsole(browser: Browser, options: ConsoleOptions): Promise<OpenConsole> {
  const opened = await beginConsole(browser, options)
  await opened.page.waitForLoadState()
  await opened.page.locator('h1').first().waitFor()
  return opened
}

/** The same, and answers as soon as the server has: nothing is asked of the page while it loads. */
export async function beginConsole(browser: Browser, options: ConsoleOptions): Promise<OpenConsole> {
  const context = await browser.newContext({
    viewport: options.viewport ?? DESKTOP,
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  if (options.script !== undefined) await page.addInitScript(options.script)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refusal of the API is answered on the page, and some tests ask for one.
    if (message.type() === 'error' && !/status of (4\d\d|503)/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${options.url}${options.path ?? '/'}#token=${options.token}`, { waitUntil: 'commit' })
  return { page, complaints, close: () => context.close() }
}

const STANDARDS = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }
/** All that another theme can change. */
const COLOURS = { type: 'rule', values: ['color-contrast'] }

/** Findings of axe that keep somebody from using the page, each as one line. */
export function seriousFindings(page: Page): Promise<readonly string[]> {
  return look(page, STANDARDS)
}

/** The same of colours alone, for a page that was looked at in another theme. */
export function colourFindings(page: Page): Promise<readonly string[]> {
  return look(page, COLOURS)
}

/**
 * Runs in the page and answers only lines: to hand half a megabyte of source to the page and all that axe found to the
 * test, for each look, takes several times as long as the look. Moving on within the console keeps the source.
 */
async function look(page: Page, runOnly: object): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source)
  // Without fetching style sheets anew for rules that are not run.
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly, preload: false })
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(document, ${options})
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) =>
        id + ': ' + help + ': ' + html.slice(0, 200) + ' ' + (failureSummary ?? '').slice(0, 300)))
  })()`)
}
