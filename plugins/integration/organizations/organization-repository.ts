import type { Database, Knex } from '../../../src/plugin.ts';

/** Every other row of the plugin belongs to a row of these. Each has an index that begins with the organization. */
const tables = ['distributors', 'event_types', 'webhooks', 'developers', 'products', 'packages', 'organizations'].map(
  (name) => `integration_${name}`,
);

/** Organizations as the rows of the plugin name them. */
export function createOrganizationRepository(db: Knex, database: Pick<Database, 'distinct' | 'rows'>) {
  return {
    /** Names in the order of their bytes, behind `after`. */
    async namesAfter(after: string, limit: number): Promise<string[]> {
      const each = tables.map(
        (table) => `select value from (${database.distinct(table, 'organization', true)}) as one`,
      );
      const sql = `${each.join(' union ')} order by value limit ?`;
      const bindings = [...each.flatMap(() => [after, limit]), limit];
      return database.rows<{ value: string }>(await db.raw(sql, bindings)).map(({ value }) => value);
    },
  };
}
