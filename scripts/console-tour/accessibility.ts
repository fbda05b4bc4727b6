import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { measured } from './browser.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const options: RunOptions = {
  runOnly: tags,
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
  selectors: false,
  preload: false,
};

const dialogs = '[role=dialog][aria-labelledby], [role=alertdialog]';

/**
 * Findings of all WCAG 2.0 to 2.2 rules (A, AA) and of good practice, and whether the page is wider than the window.
 * `within` dialogs: of the dialogs alone where there are some.
 */
export async function findingsOf(page: Page, within: 'page' | 'dialogs' = 'page'): Promise<string[]> {
  // Evaluated by the protocol of the browser: the policies of the page forbid scripts of others in it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const isPart = within === 'dialogs' && (await page.locator(dialogs).count()) > 0;
  const part = isPart ? JSON.stringify(dialogs) : 'document';
  const { violations } = (await page.evaluate(`axe.run(${part}, ${JSON.stringify(options)})`)) as AxeResults;
  const findings = violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html, any, all }) => `${id}: ${html.slice(0, 200)} ${[...any, ...all][0]?.message ?? ''}`),
  );
  const { width, view } = await measured(page);
  return width > view ? [...findings, `the page is ${width} px wide in a window of ${view} px`] : findings;
}
