/** Chromium with the console open, and what every page of it must keep: no error in the log of the browser, no serious finding of axe. */
import { AxeBuilder } from '@axe-core/playwright'
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

/** Signed in by a link that carries the token. */
export async function openConsole(browser: Browser, options: ConsoleOptions): Promise<OpenConsole> {
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
  await page.goto(`${options.url}${options.path ?? '/'}#token=${options.token}`)
  await page.locator('h1').first().waitFor()
  return { page, complaints, close: () => context.close() }
}

/** Findings of axe that keep somebody from using the page, each as one line. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    // There are no frames: the other way opens a page of its own for each look.
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary?.slice(0, 300) ?? ''}`),
    )
}
