import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { down, up } from '../../migrations/integration/022_add_developer_identities.ts';
import { derivedDeveloperId } from '../../plugins/integration/developers/developer-ids.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { onEveryEngine } from '../support/engines.ts';

const directory = join(import.meta.dirname, '..', '..', 'migrations', 'integration');
const table = 'integration_developers';

onEveryEngine('the migration to identities of developers', ({ createDatabase }) => {
  test('every developer gets the id that processes read meanwhile, also after an interrupted run', async () => {
    const own = await createDatabase();
    const database = openDatabase(loadConfig(own.env));
    const { knex } = database;
    try {
      await migrate(database, [{ name: 'integration', directory }]);
      await down(knex);
      const texts = { first_name: 'a', last_name: 'b', user_name: 'c', company_name: '' };
      const lists = { attributes: '[]', apps: '[]', kept: '{}', created_at: 1, updated_at: 1 };
      const rows = Array.from({ length: 620 }, (_, index) => ({
        ...{ organization: `o${index % 3}`, email: `${index}@example.com`, ...texts, ...lists },
      }));
      await knex.batchInsert(table, rows, 50);
      await up(knex);
      await knex(table).where('email', '>', '3').update({ id: null });
      await knex(table).where({ email: '0@example.com' }).update({ id: 'own' });
      await up(knex);
      const stored = await knex(table).select('organization', 'email', 'id');
      assert.equal(stored.length, rows.length);
      for (const { organization, email, id } of stored)
        assert.equal(id, email === '0@example.com' ? 'own' : derivedDeveloperId(organization, email));
      await down(knex);
      assert.equal(await knex.schema.hasColumn(table, 'id'), false);
    } finally {
      await database.close();
      await own.drop();
    }
  });
});
