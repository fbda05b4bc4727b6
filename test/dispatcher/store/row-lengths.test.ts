import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { migrate } from '../../../src/database/migrations.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { rollBackTo } from '../../support/roll-back.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const directory = join(root, 'migrations', 'dispatcher');
/** True for the migration under test and later ones. */
const isAdded = (file: string): boolean => /\/(00[6-9]|0[1-9]\d)_[^/]*$/.test(file);

/** A waiting delivery, one whose process ended during an attempt, and a settled one. */
const deliveries = [
  { id: 'waiting', status: 0, attempt_count: 0, last_status: null, finished_at: null },
  { id: 'cut-off', status: 0, attempt_count: 1, last_status: null, finished_at: null },
  { id: 'settled', status: 1, attempt_count: 1, last_status: 204, finished_at: 1_700_000_000_000_000 },
];
const queue = [
  { delivery_id: 'waiting', lease_token: null, lease_until: 0, attempt_count: 0, last_status: null },
  {
    delivery_id: 'cut-off',
    lease_token: '5f0c1b9e-6a58-4c0e-9c0d-0e6f3a1b2c3d',
    lease_until: 1,
    attempt_count: 1,
    last_status: 503,
  },
];

onEveryEngine('rows from before the migration to a fixed length', ({ createDatabase }) => {
  let own: TestDatabase;
  let database: Database;
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-migrations-'));
  const earlier = join(folder, 'migrations', 'dispatcher');

  before(async () => {
    own = await createDatabase();
    database = openDatabase(loadConfig(own.env));
    // The copied migrations import from `src`.
    symlinkSync(join(root, 'src'), join(folder, 'src'));
    cpSync(directory, earlier, { recursive: true, filter: (path) => !isAdded(path) });
  });
  after(async () => {
    await database.close();
    await own.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the migration keeps the values of rows, up and down', async () => {
    await migrate(database, [{ name: 'dispatcher', directory: earlier }]);
    const common = { endpoint_kind: 'probe', endpoint_id: 'one' };
    const more = { organization: 'o', type: 't', payload: '{}', created_at: 1 };
    await database.knex('dispatcher_deliveries').insert(deliveries.map((row) => ({ ...common, ...more, ...row })));
    const place = { endpoint_key: 1, due_at: 1, held: 0, retries: 0, unknowns: 0 };
    await database.knex('dispatcher_queue').insert(queue.map((row) => ({ ...common, ...place, ...row })));

    await migrate(database, [{ name: 'dispatcher', directory }]);
    const queued = () => database.knex('dispatcher_queue').orderBy('delivery_id');
    const stored = () => database.knex('dispatcher_deliveries').orderBy('id');
    assert.deepEqual(
      (await queued()).map(({ delivery_id, lease_token, last_status }) => [delivery_id, lease_token, last_status]),
      [
        ['cut-off', 1, 503],
        ['waiting', 0, 0],
      ],
    );
    assert.deepEqual(
      (await stored()).map(({ id, last_status, finished_at }) => [id, last_status, finished_at]),
      [
        ['cut-off', 0, 0],
        ['settled', 204, 1_700_000_000_000_000],
        ['waiting', 0, 0],
      ],
    );

    await rollBackTo(database, [{ name: 'dispatcher', directory }], 'dispatcher/005_create_jobs');
    assert.deepEqual(
      (await queued()).map(({ lease_token, last_status }) => [lease_token !== null, last_status]),
      [
        [true, 503],
        [false, null],
      ],
    );
    assert.deepEqual(
      (await stored()).map(({ last_status, finished_at }) => [last_status, finished_at]),
      [
        [null, null],
        [204, 1_700_000_000_000_000],
        [null, null],
      ],
    );
  });
});
