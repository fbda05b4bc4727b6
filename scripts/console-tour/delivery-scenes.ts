import type { Visit } from './open-tour.ts';
import { dialog, firstRow, heading, press, pressIn, type Scene, type State } from './scene.ts';

interface Listed {
  readonly id: string;
  readonly attempt_count: number;
}

/** The address of the delivery in `status` with the most attempts. */
const detailOf =
  (status: string) =>
  async ({ call }: Visit): Promise<string> => {
    const { deliveries } = await call('GET', `/api/v1/integration/deliveries?limit=100&status=${status}`);
    const [most] = (deliveries as Listed[]).toSorted((one, other) => other.attempt_count - one.attempt_count);
    if (!most) throw new Error(`No delivery is ${status}.`);
    return `/deliveries/${most.id}`;
  };

const attempts = (visit: Visit): Promise<void> => heading(visit, visit.text('deliveries_detail_attempts'));

const listStates: readonly State[] = [
  {
    name: 'filters',
    open: async (visit) => {
      await press(visit, visit.text('deliveries_filter_more'));
      await visit.page.getByLabel(visit.text('deliveries_filter_last_status'), { exact: true }).fill('5');
      await visit.page.getByLabel(visit.text('deliveries_filter_host'), { exact: true }).focus();
    },
  },
  {
    name: 'endpoints',
    open: async ({ page, text }) => {
      await page.getByRole('combobox', { name: text('deliveries_filter_endpoint') }).click();
      await page.getByRole('listbox').getByRole('option').first().waitFor();
    },
  },
  {
    name: 'redeliver',
    open: async (visit) => {
      await visit.page.keyboard.press('Escape');
      await press(visit, visit.text('deliveries_bulk_all'));
      await dialog(visit)
        .getByRole('button', { name: visit.text('deliveries_bulk_start') })
        .waitFor();
    },
  },
];

const cancelled: State = {
  name: 'cancel',
  open: async (visit) => {
    await press(visit, visit.text('deliveries_detail_cancel'));
    await visit.page.getByRole('alertdialog').waitFor();
  },
};

export const deliveryScenes: readonly Scene[] = [
  { name: 'deliveries', path: '/deliveries', ready: (visit) => firstRow(visit).waitFor(), states: listStates },
  {
    name: 'deliveries-none-found',
    path: '/deliveries?error=tls_failure',
    ready: ({ page, text }) => page.getByText(text('deliveries_empty_filtered')).waitFor(),
  },
  { name: 'delivery-failed', path: detailOf('failed'), ready: attempts },
  { name: 'delivery-retrying', path: detailOf('pending'), ready: attempts, states: [cancelled] },
  { name: 'delivery-held', path: detailOf('held'), ready: attempts },
  { name: 'delivery-cancelled', path: detailOf('cancelled'), ready: attempts },
  { name: 'delivery-delivered', path: detailOf('delivered'), ready: attempts },
  {
    name: 'delivery-missing',
    path: '/deliveries/01a229bb-5a66-7d4e-9d8f-1853e871c599',
    ready: ({ page, text }) => page.getByText(text('deliveries_detail_missing')).waitFor(),
  },
];

/** Starts a job, so the last scene of a walk. */
export const redeliveryScenes: readonly Scene[] = [
  {
    name: 'deliveries-failed',
    path: '/deliveries?status=failed',
    ready: (visit) => firstRow(visit).waitFor(),
    states: [
      {
        name: 'redelivered',
        open: async (visit) => {
          await press(visit, visit.text('deliveries_bulk_all'));
          await pressIn(visit, visit.text('deliveries_bulk_start'));
          await visit.page.getByText(visit.text('deliveries_bulk_done')).first().waitFor();
        },
      },
    ],
  },
];

export const emptyDeliveryScenes: readonly Scene[] = [
  {
    name: 'deliveries-empty',
    path: '/deliveries',
    ready: ({ page, text }) => page.getByText(text('deliveries_empty')).waitFor(),
  },
];
