import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { down, up } from '../../migrations/integration/018_create_usage_notifications.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { onEveryEngine } from '../support/engines.ts';

const directory = join(import.meta.dirname, '..', '..', 'migrations', 'integration');

onEveryEngine('the migration to usage notifications', ({ createDatabase }) => {
  test('every threshold that has fired before is there once, in the order of time, also after an interrupted run', async () => {
    const own = await createDatabase();
    const database = openDatabase(loadConfig(own.env));
    const { knex } = database;
    try {
      await migrate(database, [{ name: 'integration', directory }]);
      await down(knex);
      const subscriptions = Array.from({ length: 120 }, (_, index) => String(index).padStart(36, '0'));
      await knex.batchInsert(
        'integration_subscriptions',
        subscriptions.map((id, index) => ({
          ...{ id, organization: `o${index % 2}`, developer_email: 'e', plan_id: 'p', start_at: 1, quota_target: 1 },
          ...{ created_at: 1, updated_at: 1 },
        })),
        50,
      );
      const firedAt = (index: number, threshold: number) => 1_767_225_600_000_000 - index * 1000 + threshold;
      await knex.batchInsert(
        'integration_firings',
        subscriptions.flatMap((id, index) =>
          [80, 100].flatMap((threshold) =>
            ['b', 'a'].map((webhook_id, late) => ({
              ...{ subscription_id: id, cycle: 3, threshold, webhook_id },
              fired_at: firedAt(index, threshold) + late,
            })),
          ),
        ),
        50,
      );
      await up(knex);
      await knex('integration_usage_notifications')
        .where('subscription_id', '>', subscriptions[50] ?? '')
        .delete();
      await up(knex);
      const rows = await knex('integration_usage_notifications').orderBy('id', 'desc');
      assert.deepEqual(
        rows.map(({ id, ...row }) => ({ ...row, fired_at: Number(row.fired_at) })),
        subscriptions.flatMap((id, index) =>
          [100, 80].map((threshold) => ({
            ...{ organization: `o${index % 2}`, subscription_id: id, cycle: 3, threshold },
            fired_at: firedAt(index, threshold),
          })),
        ),
      );
      assert.deepEqual(await knex('integration_firings').whereNotNull('delivery_id'), []);
      await down(knex);
      assert.equal(await knex.schema.hasColumn('integration_firings', 'delivery_id'), false);
    } finally {
      await database.close();
      await own.drop();
    }
  });
});
