import type { Knex } from '../database/database.ts';

/**
 * Finds the row of `query` with exactly these values in its columns, and returns the result of `toItem`; undefined if there is none. MySQL and
 * MariaDB ignore trailing spaces in comparisons: a row that they find with a shorter text is left out. With `query.forUpdate()`, the row
 * is locked.
 */
export async function findOne<Row extends object, Item>(
  query: Knex.QueryBuilder,
  key: { readonly [Column in keyof Row]?: string },
  toItem: (row: Row) => Item,
): Promise<Item | undefined> {
  const row = (await query.where(key).first()) as Row | undefined;
  const isExact =
    row !== undefined && Object.entries(key).every(([column, value]) => Reflect.get(row, column) === value);
  return isExact ? toItem(row) : undefined;
}
