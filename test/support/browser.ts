import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { installDebianPackage } from './debian-package.ts';
import { patient } from './patience.ts';

/** A page as a real browser shows it. */
export interface SeenPage {
  /** The document after its scripts have run. */
  readonly dom: string;
  /** Addresses that the page asked for, those of other hosts included. */
  readonly requests: readonly string[];
}

const timeoutMs = 60_000;
const advice =
  'The tests need Chromium. Install it (Debian: apt-get install chromium), or set TEST_BROWSER to the path of a Chromium or Chrome.';

/** Full path of a browser's program; undefined when the machine has none. */
function findBrowser(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin'];
  const known = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return [process.env.TEST_BROWSER ?? '', ...known].find((path) => path !== '' && existsSync(path));
}

/** Makes sure that the machine has a browser, installing one where that is allowed. */
export function requireBrowser(): string {
  if (!findBrowser()) installDebianPackage('chromium', advice);
  const program = findBrowser();
  if (program === undefined) throw new Error(advice);
  return program;
}

/** Starts a headless browser that can reach this machine only. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireBrowser(),
    timeout: patient(timeoutMs),
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/**
 * Opens `url` in a new headless browser that can reach this machine only, and lets `act` use the page. Waits until `count` elements match `selector` and the
 * network has been idle for half a second; throws on a timeout.
 */
export async function openInBrowser(
  url: string,
  selector: string,
  count: number,
  act: (page: Page) => Promise<void> = async () => {},
): Promise<SeenPage> {
  const timeout = patient(timeoutMs);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(timeout);
    const requests = new Set<string>();
    page.on('request', (request) => requests.add(request.url()));
    await page.goto(url);
    await act(page);
    await page
      .locator(selector)
      .nth(count - 1)
      .waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    return { dom: await page.content(), requests: [...requests] };
  } finally {
    await browser.close();
  }
}
