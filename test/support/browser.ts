import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { installDebianPackage } from './debian-package.ts';

/** What a real browser makes of a page. */
export interface SeenPage {
  /** The document after its scripts have run. */
  readonly dom: string;
  /** Addresses that the page asked for, those of other hosts included; what its policy forbade was never asked for. */
  readonly requests: readonly string[];
}

const timeoutMs = 90_000;
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

/** Opens `url` in a fresh headless browser, which can reach no host but this one, until its scripts have nothing to do. */
export async function openInBrowser(url: string): Promise<SeenPage> {
  const program = requireBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-browser-'));
  const netLog = join(folder, 'net-log.json');
  const browser = spawn(
    program,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      `--log-net-log=${netLog}`,
      '--virtual-time-budget=8000',
      '--dump-dom',
      url,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], timeout: timeoutMs },
  );
  try {
    const [dom] = await Promise.all([text(browser.stdout), once(browser, 'close')]);
    return { dom, requests: requestsOf(JSON.parse(readFileSync(netLog, 'utf8')), new URL(url).origin) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: { url?: string; initiator?: string } }[];
}

/** The browser's own errands (time, updates) have no initiator; a page's requests have its origin. */
function requestsOf({ constants, events }: NetLog, origin: string): string[] {
  const started = constants.logEventTypes.URL_REQUEST_START_JOB;
  const urls = events
    .filter(({ type, params }) => type === started && params?.initiator === origin)
    .map(({ params }) => params?.url ?? '');
  return [...new Set(urls)];
}
