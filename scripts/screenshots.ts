// `npm run screenshots`: opens every page, dialog, empty and error state of the console in a browser, on a gateway with demonstration
// data, writes pictures of them to docs/console, and looks for what is not accessible. Fails for any finding.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findingsOf } from './console-tour/accessibility.ts';
import { measured, settled } from './console-tour/browser.ts';
import { openTour, type Visit } from './console-tour/open-tour.ts';
import { narrow, type Seen, wide } from './console-tour/scene.ts';
import { smallerPng } from './console-tour/smaller-png.ts';
import { languages } from './console-tour/texts.ts';
import { walkEmpty, walkFailing, walkPages, walkSignIn } from './console-tour/tour-groups.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'console');
const longestPx = 1400;
const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const findings: string[] = [];
const written = { files: 0, bytes: 0 };

/** Pages are shown in half of the combinations, states in one of each language. */
function isShown({ isState, isNarrow }: Seen, { language }: Visit, theme: Theme, width: number): boolean {
  const isWide = width === wide.width;
  if (isNarrow) return theme === (language === 'en' ? 'light' : 'dark');
  if (isState) return language === 'en' ? isWide && theme === 'light' : !isWide && theme === 'dark';
  return language === 'en' ? isWide === (theme === 'light') : isWide === (theme === 'dark');
}

/** A picture of the window for a state; of a page as if the window were as high as its content. */
async function photograph(page: Page, { isState }: Seen, path: string): Promise<void> {
  const size = page.viewportSize() ?? wide;
  if (!isState) {
    const { height } = await measured(page);
    await page.setViewportSize({ width: size.width, height: Math.min(height, longestPx) });
    await settled(page);
  }
  const picture = smallerPng(await page.screenshot());
  await page.setViewportSize(size);
  writeFileSync(path, picture);
  written.files += 1;
  written.bytes += picture.length;
}

/** Checks a scene in both themes and widths, and takes its pictures. */
async function look(visit: Visit, seen: Seen): Promise<void> {
  const { page, language } = visit;
  const before = page.viewportSize() ?? wide;
  for (const size of seen.isNarrow ? [narrow] : [wide, narrow])
    for (const theme of themes) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      await settled(page);
      const name = `${seen.name}.${language}.${theme}.${size.width}`;
      const isPictured = isShown(seen, visit, theme, size.width);
      if (language === 'en' || isPictured) {
        const found = await findingsOf(page, seen.isState ? 'dialogs' : 'page');
        findings.push(...found.map((finding) => `${name}: ${finding}`));
      }
      if (isPictured) await photograph(page, seen, join(folder, `${name}.png`));
    }
  await page.setViewportSize(before);
}

mkdirSync(folder, { recursive: true });
// Pictures of scenes that are gone. The text beside them stays.
for (const name of readdirSync(folder)) if (name.endsWith('.png')) rmSync(join(folder, name));
const tour = await openTour({ hours: 24 });
try {
  for (const language of languages) {
    const visit = await tour.visit(language, true);
    const see = (seen: Seen): Promise<void> => look(visit, seen);
    await visit.page.setViewportSize(wide);
    await walkSignIn(visit, see);
    await visit.signIn();
    await walkPages(visit, see);
    await walkFailing(visit, see);
    await visit.context.close();
    const other = await tour.visit(language);
    await other.page.setViewportSize(wide);
    await other.load('/');
    await other.signIn(true);
    await walkEmpty(other, (seen) => look(other, seen));
    await other.context.close();
  }
} finally {
  await tour.close();
}
process.stdout.write(`${written.files} pictures, ${(written.bytes / 1e6).toFixed(1)} MB, in docs/console\n`);
for (const finding of findings) process.stderr.write(`${finding}\n`);
if (findings.length > 0) process.exitCode = 1;
