import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findingsOf } from '../../scripts/console-tour/accessibility.ts';
import { settled } from '../../scripts/console-tour/browser.ts';
import { openTour, type Tour, type Visit } from '../../scripts/console-tour/open-tour.ts';
import { narrow, type Seen, wide } from '../../scripts/console-tour/scene.ts';
import { walkEmpty, walkFailing, walkPages, walkSignIn } from '../../scripts/console-tour/tour-groups.ts';

const looks = [
  { size: wide, colorScheme: 'light' },
  { size: narrow, colorScheme: 'dark' },
] as const;

describe('every page, dialog, empty and error state of the console is accessible', () => {
  let tour: Tour;
  let visit: Visit;
  let findings: string[] = [];
  let names: string[] = [];

  before(async () => {
    tour = await openTour({ hours: 1 });
    // Its words are the longer ones.
    visit = await tour.visit('tr');
  });
  after(() => tour.close());

  /** Looks in turn: wide and light, or narrow and dark. `npm run screenshots` looks at every scene in both widths and themes. */
  async function look({ name, isNarrow }: Seen): Promise<void> {
    names.push(name);
    const { size, colorScheme } = looks[isNarrow ? 1 : names.length % 2] ?? looks[0];
    await visit.page.setViewportSize(size);
    await visit.page.emulateMedia({ colorScheme });
    await settled(visit.page);
    const found = await findingsOf(visit.page, 'dialogs');
    findings.push(...found.map((finding) => `${name} ${size.width} ${colorScheme}: ${finding}`));
    await visit.page.setViewportSize(wide);
  }

  /** The names of the scenes of a walk, which must have no finding. */
  async function seenBy(walk: (visit: Visit, see: (seen: Seen) => Promise<void>) => Promise<void>): Promise<string[]> {
    [findings, names] = [[], []];
    await walk(visit, look);
    assert.deepEqual(findings, []);
    return names;
  }

  test('sign-in', async () => {
    assert.deepEqual(await seenBy(walkSignIn), ['sign-in', 'sign-in-refused', 'portal-refused', 'unreachable']);
  });

  test('pages and dialogs', async () => {
    await visit.signIn();
    const seen = await seenBy(walkPages);
    assert.ok(seen.length > 40, seen.join());
  });

  test('pages whose calls fail', async () => {
    const seen = await seenBy(walkFailing);
    assert.ok(seen.length >= 5, seen.join());
  });

  test('pages without data', async () => {
    await visit.context.close();
    visit = await tour.visit('tr');
    await visit.load('/');
    await visit.signIn(true);
    const seen = await seenBy(walkEmpty);
    assert.ok(seen.length >= 8, seen.join());
  });
});
