import type { Database } from '../../src/database/database.ts';
import { organization } from './demonstration.ts';

const spacingMs = 800;

/** Ids are ordered by time, as those of the gateway. */
const idOf = (time: string): string =>
  `substr(printf('%012x', ${time}), 1, 8) || '-' || substr(printf('%012x', ${time}), 9) || printf('-7000-8000-%012x', i)`;

const numbers = 'with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < :count)';

/** Adds webhooks, and deliveries of the last day with an attempt each, to the SQLite database of a demonstration. */
export async function fillLargeTables(
  { knex }: Pick<Database, 'knex'>,
  counts: { readonly webhooks: number; readonly deliveries: number },
): Promise<void> {
  const now = Date.now();
  const time = `(${now - 600_000} - i * ${spacingMs})`;
  await knex.raw(
    `insert into integration_webhooks (id, organization, name, post_url, enabled, secret, created_by, updated_by, created_at, updated_at)
      ${numbers} select ${idOf(time)}, organization, 'webhook' || (i + 10), 'http://mycompany.com/callbackhandler' || (i + 10),
      i % 9 > 0, secret, created_by, updated_by, ${time} * 1000, ${time} * 1000
      from numbers join (select * from integration_webhooks limit 1)`,
    { count: counts.webhooks },
  );
  await knex('integration_webhook_counts').where({ organization }).increment('total', counts.webhooks);
  const of = { count: counts.deliveries, organization };
  await knex.raw(
    `insert into dispatcher_events (id, last_id, organization, type, payload, accepted_at)
      ${numbers} select ${idOf(time)}, ${idOf(time)}, :organization, 'order.filled', '{"type":"order.filled"}', ${time} * 1000 from numbers`,
    of,
  );
  await knex.raw(
    `insert into dispatcher_deliveries (id, organization, endpoint_kind, endpoint_id, type, status, attempt_count, last_status, created_at,
      finished_at, event_id)
      ${numbers} select ${idOf(time)}, :organization, endpoint_kind, endpoint_id, 'order.filled', 1 + (i % 11 = 0), 1,
      200 + 210 * (i % 11 = 0), ${time} * 1000, ${time} * 1000 + 90000, ${idOf(time)}
      from numbers join (select * from dispatcher_deliveries limit 1)`,
    of,
  );
  await knex.raw(
    `insert into dispatcher_attempts (delivery_id, number, started_at, duration_us, status, decision, truncated, url, peer)
      ${numbers} select ${idOf(time)}, 1, ${time} * 1000, 90000, 200 + 210 * (i % 11 = 0),
      iif(i % 11 = 0, 'failed: rejected by the endpoint', 'delivered: accepted by the endpoint'), 0,
      'https://mycompany.com/orders', '203.0.113.40' from numbers`,
    of,
  );
}
