import type { Visit } from './open-tour.ts';
import { act, dialog, fill, firstRow, heading, press, pressIn, type Scene, type State } from './scene.ts';

/** Opens the delivery settings of the row with this text. */
async function openSettings(visit: Visit, row: string): Promise<void> {
  await act(visit, row, visit.text('settings'));
  await dialog(visit).getByLabel(visit.text('settings_retries'), { exact: true }).waitFor();
}

/** Pages of webhooks and distributors. */
const webhookStates: readonly State[] = [
  {
    name: 'new',
    open: async (visit) => {
      await press(visit, visit.text('webhooks_add'));
      await dialog(visit).waitFor();
    },
  },
  {
    name: 'new-refused',
    open: async (visit) => {
      const { text } = visit;
      await press(visit, text('webhooks_add'));
      await fill(visit, text('webhooks_url'), 'http://10.0.0.7/hook');
      await pressIn(visit, text('save'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  { name: 'edit', open: (visit) => act(visit, 'webhook1', visit.text('edit')) },
  {
    name: 'test',
    open: async (visit) => {
      await act(visit, 'webhook2', visit.text('webhooks_test'));
      await dialog(visit).getByRole('combobox').first().waitFor();
    },
  },
  {
    name: 'test-sent',
    open: async (visit) => {
      await act(visit, 'webhook2', visit.text('webhooks_test'));
      await dialog(visit).getByRole('combobox').first().waitFor();
      await pressIn(visit, visit.text('webhooks_test'));
      await dialog(visit).getByText(visit.text('webhooks_test_delivery')).waitFor();
    },
  },
  {
    name: 'secret',
    open: async (visit) => {
      await act(visit, 'webhook1', visit.text('endpoint_secret'));
      await dialog(visit)
        .getByRole('button', { name: visit.text('endpoint_secret_rotate') })
        .waitFor();
    },
  },
  {
    name: 'secret-rotate',
    open: async (visit) => {
      await act(visit, 'webhook1', visit.text('endpoint_secret'));
      await pressIn(visit, visit.text('endpoint_secret_rotate'));
      await visit.page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'settings', open: (visit) => openSettings(visit, 'webhook1') },
  { name: 'delete', open: (visit) => act(visit, 'Billing', visit.text('delete')) },
  {
    name: 'none-found',
    open: async (visit) => {
      await visit.page.getByRole('searchbox').fill('crm');
      await visit.page.getByText(visit.text('webhooks_no_match', { text: 'crm' })).waitFor();
    },
  },
];

const outdated = {
  error: { code: 'PRECONDITION_FAILED', message: 'The resource has changed.', details: {}, request_id: '01a229bb' },
};

const distributorStates: readonly State[] = [
  {
    name: 'new',
    open: async (visit) => {
      await press(visit, visit.text('distributors_add'));
      await dialog(visit).waitFor();
    },
  },
  {
    name: 'new-refused',
    open: async (visit) => {
      const { text } = visit;
      await press(visit, text('distributors_add'));
      await fill(visit, text('distributors_node'), 'node1');
      await fill(visit, text('distributors_url'), 'ftp://shop.example.com');
      await dialog(visit).getByLabel(text('distributors_authentication'), { exact: true }).selectOption({ index: 1 });
      await pressIn(visit, text('save'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  { name: 'edit', open: (visit) => act(visit, '/legacy/orders', visit.text('edit')) },
  { name: 'send', open: (visit) => act(visit, '/hooks/orders', visit.text('distributors_send')) },
  {
    name: 'send-refused',
    open: async (visit) => {
      const { text } = visit;
      await act(visit, '/hooks/orders', text('distributors_send'));
      await fill(visit, text('distributors_event_data'), '{\n  "id": 1,\n}');
      await pressIn(visit, text('distributors_send_now'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: 'test-sent',
    open: async (visit) => {
      await act(visit, '/hooks/orders', visit.text('events_test'));
      await pressIn(visit, visit.text('distributors_send_now'));
      await dialog(visit).getByText(visit.text('webhooks_test_delivery')).waitFor();
    },
  },
  { name: 'settings', open: (visit) => openSettings(visit, '/orders/mirror') },
  {
    name: 'settings-refused',
    open: async (visit) => {
      const { text } = visit;
      await openSettings(visit, '/orders/mirror');
      await pressIn(visit, text('settings_event_type_add'));
      await fill(visit, text('settings_event_type', { number: '3' }), 'order.**');
      await pressIn(visit, text('settings_header_add'));
      await dialog(visit).getByLabel(text('settings_header_name'), { exact: true }).last().fill('Host');
      await fill(visit, text('settings_schedule'), '8d');
      await pressIn(visit, text('save'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: 'settings-outdated',
    open: async (visit) => {
      await openSettings(visit, '/orders/mirror');
      await visit.page.route('**/delivery', (route) =>
        route.request().method() === 'PUT' ? route.fulfill({ status: 412, json: outdated }) : route.fallback(),
      );
      await pressIn(visit, visit.text('save'));
      await dialog(visit).getByText(visit.text('settings_outdated')).waitFor();
      await visit.page.unroute('**/delivery');
    },
  },
  { name: 'secret', open: (visit) => act(visit, '/hooks/orders', visit.text('endpoint_secret')) },
  { name: 'delete', open: (visit) => act(visit, '/invoices', visit.text('delete')) },
];

export const endpointScenes: readonly Scene[] = [
  { name: 'webhooks', path: '/webhooks', ready: (visit) => firstRow(visit).waitFor(), states: webhookStates },
  {
    name: 'distributors',
    path: '/distributors',
    ready: (visit) => firstRow(visit).waitFor(),
    states: distributorStates,
  },
];

/** Of an organization without data. */
export const emptyEndpointScenes: readonly Scene[] = [
  {
    name: 'webhooks-empty',
    path: '/webhooks',
    ready: ({ page, text }) => page.getByText(text('webhooks_empty')).waitFor(),
  },
  {
    name: 'distributors-empty',
    path: '/distributors',
    ready: ({ page, text }) => page.getByText(text('distributors_empty')).waitFor(),
  },
  { name: 'missing', path: '/nothing-here', ready: (visit) => heading(visit, visit.text('page_missing')) },
];
