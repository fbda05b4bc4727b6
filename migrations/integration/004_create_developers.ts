import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_developers';

/**
 * Developers who use an organization's products. `email` is in lower case; `attributes` is JSON `[{"name","value"}]`,
 * `apps` JSON `["name"]`, `kept` a JSON object of the documented members that the plugin stores but does not use.
 * `company_name` is empty when there is none. MySQL and MariaDB ignore trailing spaces when they compare text: a lookup
 * by an `email` from a request must compare the result with it again.
 */
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
