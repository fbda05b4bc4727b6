import type { Visit } from './open-tour.ts';
import { act, button, dialog, fill, firstRow, heading, press, pressIn, type Scene, type State } from './scene.ts';

const open = async (visit: Visit, key: string): Promise<void> => {
  await press(visit, visit.text(key));
  await dialog(visit).waitFor();
};

const listStates: readonly State[] = [
  {
    name: 'send',
    open: async (visit) => {
      await open(visit, 'distributors_send');
      await fill(visit, visit.text('distributors_event_type'), 'order.filled');
      await pressIn(visit, visit.text('events_insert_example'));
    },
  },
  {
    name: 'sent',
    open: async (visit) => {
      await open(visit, 'distributors_send');
      await fill(visit, visit.text('distributors_event_type'), 'order.filled');
      await pressIn(visit, visit.text('events_insert_example'));
      await pressIn(visit, visit.text('distributors_send_now'));
      await dialog(visit).getByText(visit.text('events_show')).waitFor();
    },
  },
  {
    name: 'send-refused',
    open: async (visit) => {
      await open(visit, 'distributors_send');
      await fill(visit, visit.text('distributors_event_type'), 'order.filled');
      await fill(visit, visit.text('distributors_event_data'), '{"order": 1, "items": "two"}');
      await pressIn(visit, visit.text('distributors_send_now'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
];

const typeStates: readonly State[] = [
  {
    name: 'new-refused',
    open: async (visit) => {
      await open(visit, 'event_types_add');
      await fill(visit, visit.text('event_types_name'), 'order filled');
      await fill(visit, visit.text('event_types_example'), '{\n  "id": 1,\n}');
      await pressIn(visit, visit.text('save'));
      await dialog(visit).locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: 'edit',
    open: async (visit) => {
      await act(visit, 'order.filled', visit.text('edit'));
      await dialog(visit).getByLabel(visit.text('event_types_schema'), { exact: true }).waitFor();
    },
  },
  { name: 'delete', open: (visit) => act(visit, 'order.filled', visit.text('delete')) },
];

interface Listed {
  readonly id: string;
  readonly type: string;
}

/** The address of the newest event of a type. */
const eventOf =
  (type: string) =>
  async ({ call }: Visit): Promise<string> => {
    const { events } = await call('GET', `/api/v1/integration/events?limit=100&type=${type}`);
    const [event] = events as Listed[];
    if (!event) throw new Error(`There is no event of the type ${type}.`);
    return `/events/${event.id}`;
  };

const eventStates: readonly State[] = [
  {
    name: 'redeliver',
    open: async (visit) => {
      await button(visit, visit.text('events_redeliver_all')).click();
      await visit.page.getByRole('alertdialog').waitFor();
    },
  },
];

export const eventScenes: readonly Scene[] = [
  { name: 'events', path: '/events', ready: (visit) => firstRow(visit).waitFor(), states: listStates },
  {
    name: 'events-none-found',
    path: '/events?type=order.unknown',
    ready: ({ page, text }) => page.getByText(text('events_empty_filtered')).waitFor(),
  },
  { name: 'event-types', path: '/events/types', ready: (visit) => firstRow(visit).waitFor(), states: typeStates },
  {
    name: 'event',
    path: eventOf('order.shipped'),
    ready: (visit) => heading(visit, visit.text('events_data')),
    states: eventStates,
  },
  {
    name: 'event-missing',
    path: '/events/01a229bb-5a66-7d4e-9d8f-1853e871c599',
    ready: ({ page, text }) => page.getByText(text('events_missing')).waitFor(),
  },
];

/** Of an organization without data. */
export const emptyEventScenes: readonly Scene[] = [
  {
    name: 'events-empty',
    path: '/events',
    ready: ({ page, text }) => page.getByText(text('events_empty')).waitFor(),
  },
  {
    name: 'event-types-empty',
    path: '/events/types',
    ready: ({ page, text }) => page.getByText(text('event_types_empty')).waitFor(),
  },
];
