import { developer } from './demonstration.ts';
import { act, button, dialog, fill, firstRow, press, pressIn, type Scene, type State } from './scene.ts';

const opens = (name: string, key: string): State => ({
  name,
  open: async (visit) => {
    await press(visit, visit.text(key));
    await dialog(visit).waitFor();
  },
});

const planStates: readonly State[] = [
  opens('new-package', 'rate_plans_add_package'),
  opens('new-plan', 'rate_plans_add_plan'),
  { name: 'edit', open: (visit) => act(visit, 'Adjustable plan', visit.text('edit')) },
  { name: 'publish', open: (visit) => act(visit, 'Silver', visit.text('rate_plans_publish')) },
  { name: 'delete', open: (visit) => act(visit, 'Silver', visit.text('delete')) },
  {
    name: 'notifications',
    open: async (visit) => {
      const { text } = visit;
      await act(visit, 'Adjustable plan', text('rate_plans_notify'));
      await dialog(visit).getByRole('checkbox').first().waitFor();
      await fill(visit, text('rate_plans_from'), '80');
      await fill(visit, text('rate_plans_to'), '120');
      await dialog(visit).getByRole('checkbox').first().check();
    },
  },
  {
    name: 'notifications-refused',
    open: async (visit) => {
      const { text } = visit;
      await act(visit, 'Adjustable plan', text('rate_plans_notify'));
      await fill(visit, text('rate_plans_from'), '80');
      await fill(visit, text('rate_plans_to'), '20');
      await pressIn(visit, text('rate_plans_create_notification'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: 'notifications-edit',
    open: async (visit) => {
      await act(visit, 'Adjustable plan', visit.text('rate_plans_notify'));
      await button(visit, visit.text('edit'), dialog(visit)).click();
      await dialog(visit)
        .getByRole('button', { name: visit.text('rate_plans_save_notification') })
        .waitFor();
    },
  },
];

const developerStates: readonly State[] = [
  opens('new-subscription', 'rate_plans_add_subscription'),
  opens('edit', 'edit'),
  {
    name: 'usage',
    open: async (visit) => {
      await press(visit, visit.text('rate_plans_report_usage'));
      await dialog(visit).waitFor();
    },
  },
];

const [plans, developers, products] = ['/rate-plans', '/rate-plans/developers', '/rate-plans/products'];

export const planScenes: readonly Scene[] = [
  { name: 'rate-plans', path: plans, ready: (visit) => firstRow(visit).waitFor(), states: planStates },
  {
    name: 'developers',
    path: developers,
    ready: ({ page }) => page.getByRole('meter').first().waitFor(),
    states: [opens('new', 'rate_plans_add_developer')],
  },
  {
    name: 'developer',
    path: `${developers}/${developer}`,
    ready: ({ page }) => page.getByRole('meter').nth(1).waitFor(),
    states: developerStates,
  },
  {
    name: 'products',
    path: products,
    ready: (visit) => firstRow(visit).waitFor(),
    states: [opens('new', 'rate_plans_add_product')],
  },
];

export const emptyPlanScenes: readonly Scene[] = [
  {
    name: 'rate-plans-empty',
    path: plans,
    ready: ({ page, text }) => page.getByText(text('rate_plans_guide')).waitFor(),
  },
  {
    name: 'developers-empty',
    path: developers,
    ready: ({ page, text }) => page.getByText(text('rate_plans_developers_none')).waitFor(),
  },
  {
    name: 'products-empty',
    path: products,
    ready: ({ page, text }) => page.getByText(text('rate_plans_products_empty')).waitFor(),
  },
];
