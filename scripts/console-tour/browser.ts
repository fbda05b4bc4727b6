import { type Browser, chromium, type Page } from 'playwright-core';
import { requireBrowser } from '../../test/support/browser.ts';

/** A headless browser that reaches this machine alone. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: requireBrowser(),
    chromiumSandbox: false,
    timeout: 120_000,
    args: ['--disable-quic', '--no-first-run', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });

/** Resolves when fonts and finite animations are done, and the page was painted after that. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(settle);
}

// Scripts of pages are texts: the project's own code knows no browser.
const settle = `(async () => {
  const painted = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await painted();
  const finite = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled([document.fonts.ready, ...finite.map(({ finished }) => finished)]);
  await painted();
  await painted();
})()`;

/** Width and height of the whole document, and the width of the window, in pixels. */
export const measured = (page: Page): Promise<{ width: number; height: number; view: number }> =>
  page.evaluate(`(({ scrollWidth, scrollHeight }) =>
    ({ width: scrollWidth, height: scrollHeight, view: innerWidth }))(document.documentElement)`);
