import { deliveryScenes, emptyDeliveryScenes, redeliveryScenes } from './delivery-scenes.ts';
import { emptyEndpointScenes, endpointScenes } from './endpoint-scenes.ts';
import { emptyEventScenes, eventScenes } from './event-scenes.ts';
import type { Visit } from './open-tour.ts';
import { emptyPlanScenes, planScenes } from './plan-scenes.ts';
import { button, heading, type Scene, type Seen, walk } from './scene.ts';

type See = (seen: Seen) => Promise<void>;

const overview: Scene = {
  name: 'overview',
  path: '/',
  ready: async (visit) => {
    await heading(visit, visit.text('nav_overview'));
    await loaded(visit);
  },
  states: [
    {
      name: 'navigation',
      narrow: true,
      open: async (visit) => {
        await button(visit, visit.text('navigation')).click();
        await visit.page.getByRole('dialog').waitFor();
      },
    },
  ],
};

const targets: Scene = {
  name: 'targets',
  path: '/targets',
  ready: async (visit) => {
    await heading(visit, visit.text('nav_targets'));
    await loaded(visit);
  },
};

const loaded = async ({ page, text }: Visit): Promise<void> => {
  await page.getByLabel(text('loading'), { exact: true }).first().waitFor({ state: 'detached' });
};

const paths = ['/', '/webhooks', '/rate-plans', '/distributors', '/deliveries', '/events', '/events/types', '/targets'];

const failedScenes: readonly Scene[] = paths.map((path) => ({
  name: `${path.slice(1).replace('/', '-') || 'overview'}-error`,
  path,
  ready: ({ page, text }) =>
    page
      .getByRole('button', { name: text('try_again') })
      .first()
      .waitFor(),
}));

/** Every page, dialog, empty and error state of a signed-in person. The page is left signed in. */
export async function walkPages(visit: Visit, see: See): Promise<void> {
  await walk(visit, [overview, ...endpointScenes, ...planScenes, ...deliveryScenes, ...eventScenes, targets], see);
  await walk(visit, redeliveryScenes, see);
}

export const walkEmpty = (visit: Visit, see: See): Promise<void> =>
  walk(
    visit,
    [
      { ...overview, name: 'overview-empty', states: [] },
      ...emptyEndpointScenes,
      ...emptyPlanScenes,
      ...emptyDeliveryScenes,
      ...emptyEventScenes,
    ],
    see,
  );

/** Pages whose calls fail; `visit` has loaded no page since the sign-in. */
export async function walkFailing(visit: Visit, see: See): Promise<void> {
  const refusal = {
    error: { code: 'INTERNAL_ERROR', message: 'An unexpected error occurred.', details: {}, request_id: '01a229bb' },
  };
  await visit.context.route(/\/(?:api\/)?v1\//, (route) => route.fulfill({ status: 500, json: refusal }));
  await visit.page.reload();
  await button(visit, visit.text('sign_out')).waitFor();
  await walk(visit, failedScenes, see);
}

/** Sign-in, its refusal, a portal link that does not work, and a gateway that cannot be reached. */
export async function walkSignIn(visit: Visit, see: See): Promise<void> {
  const { page, text, load } = visit;
  const show = (name: string): Promise<void> => see({ name, isState: name !== 'sign-in', isNarrow: false });
  await load('/');
  await page.getByLabel(text('sign_in_name'), { exact: true }).waitFor();
  await show('sign-in');
  await page.getByLabel(text('sign_in_name'), { exact: true }).fill('joe@example.com');
  await page.getByLabel(text('sign_in_secret'), { exact: true }).fill('wrong');
  await page.getByRole('button', { name: text('sign_in'), exact: true }).click();
  await page.getByText(text('sign_in_refused')).waitFor();
  await show('sign-in-refused');
  await load('/portal#wrong');
  await page.getByText(text('portal_invalid')).waitFor();
  await show('portal-refused');
  await page.route('**/console/session/**', (route) => route.abort());
  await load('/');
  await page.getByText(text('unreachable_hint')).waitFor();
  await show('unreachable');
  await page.unrouteAll();
  await load('/');
}
