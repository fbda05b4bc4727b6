import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_developers';

/** Who uses an organization's products. `kept`: documented members that nothing here needs, as JSON. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('email', 190).notNullable();
    columns.string('first_name', 190).notNullable();
    columns.string('last_name', 190).notNullable();
    columns.string('user_name', 190).notNullable();
    columns.string('company_name', 190).notNullable();
    columns.text('attributes').notNullable();
    columns.text('apps').notNullable();
    columns.text('kept').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
    columns.primary(['organization', 'email']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
