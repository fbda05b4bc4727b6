import { ensureTable } from 'hookgate/plugin';

/** @param {import('hookgate/plugin').Knex} knex */
export async function up(knex) {
  await ensureTable(knex, 'notes_notes', (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('title', 100).notNullable();
    columns.bigInteger('created_at').notNullable();
  });
}

/** @param {import('hookgate/plugin').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTableIfExists('notes_notes');
}
