import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { down, up } from '../../migrations/integration/025_extend_rate_plans_and_subscriptions.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { onEveryEngine } from '../support/engines.ts';

const directory = join(import.meta.dirname, '..', '..', 'migrations', 'integration');
const table = 'integration_subscriptions';
const micros = (text: string): number => Date.parse(`${text}Z`) * 1000;

onEveryEngine('the migration to last days', ({ createDatabase }) => {
  test('ends become the midnight after their day, once, and come back', async () => {
    const own = await createDatabase();
    const database = openDatabase(loadConfig(own.env));
    const { knex } = database;
    try {
      await migrate(database, [{ name: 'integration', directory }]);
      await down(knex);
      await down(knex);
      const row = (id: string, plan_id: string, start: string, end: string | null) => ({
        ...{ id, organization: 'o', developer_email: 'e', plan_id, quota_target: 1, created_at: 1, updated_at: 1 },
        ...{ start_at: micros(start), end_at: end === null ? null : micros(end) },
      });
      const before = [
        row('1', 'p', '2026-01-01T00:00:00', '2026-02-01T00:00:00'),
        row('2', 'p', '2026-02-03T00:00:00', '2026-02-04T23:59:59'),
        row('3', 'p', '2026-03-01T00:00:00', '2026-03-10T12:00:00'),
        row('4', 'p', '2026-03-10T12:00:00', null),
        row('5', 'q', '2026-03-10T12:00:00', '2026-03-11T00:00:00'),
      ];
      const many = Array.from({ length: 1100 }, (_, index) =>
        row(`m${index}`, `r${index}`, '2026-01-01T00:00:00', '2026-02-01T00:00:00'),
      );
      await knex.batchInsert(table, [...before, ...many], 50);
      const ends = async () =>
        (await knex(table).whereIn('plan_id', ['p', 'q']).orderBy('id').pluck('end_at')).map((end) =>
          end === null ? null : new Date(Number(end) / 1000).toISOString().slice(0, 19),
        );
      await up(knex);
      await knex(table).where({ id: 'm7' }).update({ ends_with_day: false });
      await knex(table)
        .where({ id: 'm7' })
        .update({ end_at: micros('2026-02-01T00:00:00') });
      await up(knex);
      // The third is followed by the fourth on the day of its end.
      assert.deepEqual(await ends(), [
        '2026-02-02T00:00:00',
        '2026-02-05T00:00:00',
        '2026-03-10T12:00:00',
        null,
        '2026-03-12T00:00:00',
      ]);
      const wrong = knex(table)
        .where('id', 'like', 'm%')
        .whereNot({ end_at: micros('2026-02-02T00:00:00') });
      assert.deepEqual(await wrong, []);
      await knex(table).insert({ ...row('6', 'q', '2026-04-01T00:00:00', '2026-04-02T00:00:00'), ends_with_day: true });
      await down(knex);
      assert.deepEqual(await ends(), [
        '2026-02-01T00:00:00',
        '2026-02-04T00:00:00',
        '2026-03-10T12:00:00',
        null,
        '2026-03-11T00:00:00',
        '2026-04-02T00:00:00',
      ]);
      assert.equal(await knex.schema.hasColumn(table, 'ends_with_day'), false);
    } finally {
      await database.close();
      await own.drop();
    }
  });
});
