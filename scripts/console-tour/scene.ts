import type { Locator } from 'playwright-core';
import { settled } from './browser.ts';
import type { Visit } from './open-tour.ts';

/** A page of the console, and the states that it can be brought to from there. */
export interface Scene {
  readonly name: string;
  /** Below `/console`. A function is asked when the scene is opened. */
  readonly path: string | ((visit: Visit) => Promise<string>);
  /** Resolves when the content is there. */
  readonly ready: (visit: Visit) => Promise<unknown>;
  readonly states?: readonly State[];
}

export interface State {
  readonly name: string;
  readonly open: (visit: Visit) => Promise<unknown>;
  /** Narrow screens alone have it. */
  readonly narrow?: true;
}

/** A scene or a state of it, as `walk` shows it. */
export interface Seen {
  /** `webhooks`, or `webhooks-delete` for a state. */
  readonly name: string;
  readonly isState: boolean;
  readonly isNarrow: boolean;
}

export const wide = { width: 1280, height: 800 };
export const narrow = { width: 360, height: 740 };

/** Opens the scenes and all their states, and calls `see` for each. */
export async function walk(visit: Visit, scenes: readonly Scene[], see: (seen: Seen) => Promise<void>): Promise<void> {
  for (const { name, path, ready, states = [] } of scenes) {
    await visit.go(typeof path === 'string' ? path : await path(visit));
    await ready(visit);
    await settled(visit.page);
    await see({ name, isState: false, isNarrow: false });
    for (const { name: stateName, open, narrow: isNarrow = false } of states) {
      const size = visit.page.viewportSize() ?? wide;
      if (isNarrow) await visit.page.setViewportSize(narrow);
      try {
        await open(visit);
        await settled(visit.page);
        await see({ name: `${name}-${stateName}`, isState: true, isNarrow });
        await closeDialogs(visit);
      } catch (error) {
        throw new Error(`${name}-${stateName}: ${(error as Error).message}`, { cause: error });
      }
      if (isNarrow) await visit.page.setViewportSize(size);
    }
  }
}

async function closeDialogs({ page }: Visit): Promise<void> {
  const open = page.locator('[role=dialog][aria-labelledby], [role=alertdialog]');
  for (let left = await open.count(); left > 0; left -= 1) {
    await page.keyboard.press('Escape');
    await open.nth(left - 1).waitFor({ state: 'detached' });
  }
}

export const heading = ({ page }: Visit, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).first().waitFor();

/** The first row with data, whose cells are loaded. */
export const firstRow = ({ page }: Visit): Locator => page.getByRole('row').nth(1);

export const button = ({ page }: Visit, name: string, within?: Locator): Locator =>
  (within ?? page).getByRole('button', { name, exact: true }).first();

export const press = (visit: Visit, name: string): Promise<void> => button(visit, name).click();

/** Presses an action of the row with this text. */
export async function act(visit: Visit, row: string, action: string): Promise<void> {
  const found = visit.page.getByRole('row').filter({ hasText: row }).first();
  await found.hover();
  await button(visit, action, found).click();
  await dialog(visit).waitFor();
}

export const dialog = ({ page }: Visit): Locator => page.locator('[role=dialog], [role=alertdialog]').last();

/** Fills a field of the open dialog. */
export const fill = (visit: Visit, label: string, value: string): Promise<void> =>
  dialog(visit).getByLabel(label, { exact: true }).first().fill(value);

export const pressIn = (visit: Visit, name: string): Promise<void> =>
  dialog(visit).getByRole('button', { name, exact: true }).last().click();
