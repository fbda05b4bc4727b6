// `npm run check:console`: measures the pages of the console in a browser: bytes of the files and time of the first load of each page, and with
// 10,000 webhooks and 100,000 deliveries the time to the first rows and the longest frame while the lists are scrolled.
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { fillLargeTables } from './console-tour/large-tables.ts';
import { openTour, type Tour, type Visit } from './console-tour/open-tour.ts';
import { wide } from './console-tour/scene.ts';

const limits = { bytes: 200_000, interactiveMs: 1000, rowsMs: 500, frameMs: 50 };
const counts = { webhooks: 10_000, deliveries: 100_000 };
const paths = ['/', '/webhooks', '/rate-plans', '/distributors', '/deliveries', '/events', '/targets'];
const scrollMs = 6000;
const runs = 3;

const failures: string[] = [];

function report(name: string, value: number, limit: number, unit: string): void {
  const isOver = value > limit;
  if (isOver) failures.push(name);
  process.stdout.write(`${name.padEnd(48)} ${Math.round(value).toLocaleString('en').padStart(9)} ${unit.padEnd(5)}`);
  process.stdout.write(` at most ${limit.toLocaleString('en')}${isOver ? '  OVER' : ''}\n`);
}

// Resolves to the milliseconds from the navigation to the first frame with a heading. The page looks itself, in each frame: the browser's driver
// looks less often the longer it waits.
const interactive = `(async () => {
  while (!document.querySelector('h1')) await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.now();
})()`;

/**
 * Loads a page with a session and an empty cache: bytes of its files over the wire, with their
 * headers, and milliseconds until its heading is there. Answers of the API grow with the data, and are not counted.
 */
async function load({ page, context, load: open }: Visit, path: string): Promise<{ bytes: number; ms: number }> {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  let bytes = 0;
  const files = new Set<string>();
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (new URL(response.url).pathname.startsWith('/console/')) files.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (files.has(requestId)) bytes += encodedDataLength;
  });
  await open(path);
  const ms = await page.evaluate<number>(interactive);
  await page.waitForLoadState('networkidle');
  await session.detach();
  return { bytes, ms };
}

async function measureLoad(visit: Visit, path: string): Promise<void> {
  let bytes = 0;
  const ms = await best(async () => {
    const loaded = await load(visit, path);
    bytes = Math.max(bytes, loaded.bytes);
    return loaded.ms;
  });
  report(`first load of ${path}: bytes`, bytes, limits.bytes, 'bytes');
  report(`first load of ${path}: interactive`, ms, limits.interactiveMs, 'ms');
}

// Resolves to the milliseconds from the press of the link to the first row with data.
const firstRows = (path: string, table: string): string => `(async () => {
  const startedAt = performance.now();
  const cell = () => document.querySelector('[role=table][aria-label="${table}"] [data-index] [role=cell]');
  document.querySelector('nav a[href="/console${path}"]').click();
  while (!cell()?.textContent) await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.now() - startedAt;
})()`;

// Scrolls like a hand on a wheel, and resolves to the milliseconds of the longest frame.
const scroll = `(async () => {
  let longest = 0;
  const startedAt = performance.now();
  let last = await new Promise((resolve) => requestAnimationFrame(resolve));
  while (performance.now() - startedAt < ${scrollMs}) {
    scrollBy(0, 120);
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    longest = Math.max(longest, now - last);
    last = now;
  }
  return { longest, top: scrollY };
})()`;

/** The best of some runs, as other programs of the machine disturb each. */
async function best(measureOnce: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measureOnce());
  return Math.min(...values);
}

async function measureList(page: Page, path: string, table: string, size: number): Promise<void> {
  const name = `${path} with ${size.toLocaleString('en')} entries`;
  const open = async (): Promise<number> => {
    await page.locator('nav a[href="/console/targets"]').click();
    await page.getByRole('heading', { level: 1, name: 'Targets' }).waitFor();
    await page.waitForLoadState('networkidle');
    return page.evaluate<number>(firstRows(path, table));
  };
  report(`${name}: first rows`, await best(open), limits.rowsMs, 'ms');
  let far = 0;
  const scrollOnce = async (): Promise<number> => {
    await open();
    const { longest, top } = await page.evaluate<{ longest: number; top: number }>(scroll);
    far = Math.max(far, top);
    return longest;
  };
  report(`${name}: longest frame`, await best(scrollOnce), limits.frameMs, 'ms');
  process.stdout.write(`  scrolled to ${Math.round(far).toLocaleString('en')} px\n`);
}

async function measure(tour: Tour): Promise<void> {
  const visit = await tour.visit('en');
  await visit.page.setViewportSize(wide);
  await visit.load('/');
  await visit.signIn();
  for (const path of paths) await measureLoad(visit, path);
  await fillLargeTables(tour.gateway.app.foundation.database, counts);
  await visit.load('/targets');
  await visit.page.getByRole('heading', { level: 1 }).waitFor();
  await measureList(visit.page, '/webhooks', 'Webhooks', counts.webhooks);
  await measureList(visit.page, '/deliveries', 'Deliveries', counts.deliveries);
}

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)}; ` +
    `Node ${process.versions.node}, SQLite\n`,
);
const tour = await openTour({ hours: 1 });
try {
  process.stdout.write(`${tour.browser.browserType().name()} ${tour.browser.version()}\n`);
  await measure(tour);
} finally {
  await tour.close();
}
if (failures.length > 0) {
  process.stderr.write(`Over the limit: ${failures.join('; ')}\n`);
  process.exitCode = 1;
}
