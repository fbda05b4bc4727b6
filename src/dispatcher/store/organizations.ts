import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations } from '../model/delivery.ts';
import { deliveryTable } from './queue-repository.ts';
import { healthTable } from './statistics-rows.ts';

type Dialect = Pick<Database, 'distinct' | 'rows'>;

/** Limits a query to an organization; not for `allOrganizations`. */
export const ofOrganization = <Query extends Knex.QueryBuilder>(
  query: Query,
  organization: string,
  column = 'organization',
): Query => (organization === allOrganizations ? query : (query.where(column, organization) as Query));

/** Names of the organizations with deliveries or statistics, in the order of their bytes, from behind `after` on. */
export async function organizationsAfter(db: Knex, database: Dialect, after: string, limit: number): Promise<string[]> {
  const each = [deliveryTable, healthTable].map(
    (table) => `select value from (${database.distinct(table, 'organization', true)}) as one`,
  );
  const sql = `${each.join(' union ')} order by value limit ?`;
  const bindings = [...each.flatMap(() => [after, limit]), limit];
  return database.rows<{ value: string }>(await db.raw(sql, bindings)).map(({ value }) => value);
}

/** All organizations with deliveries, as a derived table with the column `value`; its one binding is an empty text. */
const everyOrganization = ({ distinct }: Dialect): string => `(${distinct(deliveryTable, 'organization')}) as o`;

export interface OrganizationRow {
  organization: string;
  /** The id of its newest delivery of the stored status. */
  newest: string;
}

/** The organizations with the newest deliveries of a stored status, by ids below `before`: a seek in the index for each. */
export async function newestOrganizations(
  db: Knex,
  database: Dialect,
  range: { status: number; before: string | undefined; lowest: string | undefined; limit: number },
): Promise<OrganizationRow[]> {
  const { status, before, lowest, limit } = range;
  const ids = Object.entries({ '<': before, '>=': lowest }).filter(([, id]) => id !== undefined);
  const within = ids.map(([operator]) => ` and d.id ${operator} ?`).join('');
  const newest = `select d.id from ${deliveryTable} as d where d.organization = o.value and d.status = ?${within} order by d.id desc limit 1`;
  const sql = `select organization, newest from (select o.value as organization, (${newest}) as newest from ${everyOrganization(database)}) as f where newest is not null order by newest desc limit ?`;
  const bindings = [status, ...ids.map(([, id]) => id as string), '', limit];
  return database.rows<OrganizationRow>(await db.raw(sql, bindings));
}

/** Counts deliveries of a stored status in all organizations, up to `limit`. */
export async function countOfStatus(db: Knex, database: Dialect, status: number, limit: number): Promise<number> {
  const one = `select d.id from ${everyOrganization(database)} cross join ${deliveryTable} as d on d.organization = o.value and d.status = ? limit ?`;
  const [row] = database.rows<{ found: number }>(
    await db.raw(`select count(*) as found from (${one}) as f`, ['', status, limit]),
  );
  return Number(row?.found ?? 0);
}
