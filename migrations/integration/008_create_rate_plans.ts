import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_rate_plans';

/**
 * Rate plans of a package, reduced to the fields that notifications need. `id` is `<package>_<name>` in lower case.
 * `duration_months` (1 to 24) is the billing cycle of an adjustable notification plan and null for any other plan. The
 * plan is in force in `[start_at, end_at)`, in microseconds (open-ended when `end_at` is null); no subscription is in
 * force outside that interval. A published plan stays published, and only its `end_at` changes. `kept` is a JSON object
 * of the documented members that the plugin stores but does not use.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('id', 255).notNullable();
    columns.string('package_id', 190).notNullable();
    columns.string('name', 190).notNullable();
    columns.string('display_name', 190).notNullable();
    columns.string('type', 64).notNullable();
    columns.boolean('published').notNullable();
    columns.integer('duration_months').nullable();
    columns.bigInteger('start_at').notNullable();
    columns.bigInteger('end_at').nullable();
    columns.text('kept').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
    columns.primary(['organization', 'id']);
  });
  await ensureIndex(knex, table, ['organization', 'package_id', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
