import type { Knex } from '../../../src/plugin.ts';
import { countRows } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import type {
  NamedDeveloper,
  NamedPackage,
  NamedProduct,
  Period,
  Transaction,
  TransactionFilter,
} from './transaction.ts';

interface Row {
  id: string;
  organization: string;
  developer_email: string;
  application: string;
  product_name: string;
  batch_size: number;
  attributes: string | null;
  created_at: number;
}

const table = 'integration_transactions';

type GroupColumn = 'developer_email' | 'application' | 'product_name';

const inPeriod = (db: Knex, organization: string, { from, to }: Period) =>
  db<Row>(table).where({ organization }).where('created_at', '>=', from).where('created_at', '<', to);

/** Reads stored transactions. Each statement reads the part of an index that one organization and one period have. */
export function createTransactionRepository(db: Knex) {
  function matching(organization: string, filter: TransactionFilter) {
    const query = inPeriod(db, organization, filter);
    for (const [column, values] of [
      ['developer_email', filter.developers],
      ['application', filter.applications],
      ['product_name', filter.products],
    ] as const)
      if (values) query.whereIn(column, values);
    return query;
  }

  return {
    /** Number of all transactions of a period, or `limit` if there are more. */
    countUpTo: (organization: string, period: Period, limit: number): Promise<number> =>
      countRows(db.from(inPeriod(db, organization, period).select(db.raw('1')).limit(limit).as('t'))),

    count: (organization: string, filter: TransactionFilter): Promise<number> =>
      countRows(matching(organization, filter)),

    /** The newest first. */
    async list(
      organization: string,
      filter: TransactionFilter,
      { limit, offset }: { limit: number; offset: number },
    ): Promise<Transaction[]> {
      const rows: Row[] = await matching(organization, filter)
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
        .offset(offset);
      return rows.map(toTransaction);
    },

    /** Applications of a period, as they were reported, sorted. */
    applications: (organization: string, period: Period): Promise<string[]> =>
      valuesOf(organization, 'application', period),

    developers: async (organization: string, period: Period): Promise<NamedDeveloper[]> =>
      named(
        db,
        'integration_developers',
        'email',
        organization,
        await valuesOf(organization, 'developer_email', period),
        {
          ...{ email: 'email', firstName: 'first_name', lastName: 'last_name', companyName: 'company_name' },
        },
      ),

    products: async (organization: string, period: Period): Promise<NamedProduct[]> =>
      named(db, 'integration_products', 'name', organization, await valuesOf(organization, 'product_name', period), {
        ...{ name: 'name', displayName: 'display_name' },
      }),

    /** The packages whose subscriptions covered transactions of a period. */
    packages: async (organization: string, period: Period): Promise<NamedPackage[]> =>
      named(db, 'integration_packages', 'id', organization, await packageIds(db, organization, period), {
        ...{ id: 'id', name: 'name', displayName: 'display_name', description: 'description', status: 'status' },
      }),
  };

  /** The values of a column, without the empty one. */
  function valuesOf(organization: string, column: GroupColumn, period: Period): Promise<string[]> {
    return inPeriod(db, organization, period).whereNot(column, '').distinct(column).orderBy(column).pluck(column);
  }
}

/**
 * Ids of the packages whose subscriptions covered transactions of a period, sorted. Outer joins, without a condition on the joined
 * rows, make every database start with the transactions: starting with the products of packages, it pairs each with all
 * subscriptions.
 */
async function packageIds(db: Knex, organization: string, period: Period): Promise<string[]> {
  const used = inPeriod(db, organization, period)
    .select('developer_email', 'product_name')
    .min({ first_at: 'created_at' })
    .max({ last_at: 'created_at' })
    .groupBy('developer_email', 'product_name')
    .as('t');
  const ids: (string | null)[] = await db
    .from(used)
    .leftJoin('integration_subscriptions as s', (on) =>
      on
        .onVal('s.organization', organization)
        .andOn('s.developer_email', 't.developer_email')
        .andOn('s.start_at', '<=', 't.last_at')
        .andOn((open) => open.onNull('s.end_at').orOn('s.end_at', '>', 't.first_at')),
    )
    .leftJoin('integration_rate_plans as r', (on) =>
      on
        .on('r.organization', 's.organization')
        .andOn('r.id', 's.plan_id')
        .andOn((open) => open.onNull('r.end_at').orOn('r.end_at', '>', 't.first_at')),
    )
    .leftJoin('integration_package_products as p', (on) =>
      on
        .on('p.organization', 'r.organization')
        .andOn('p.package_id', 'r.package_id')
        .andOn('p.product_name', 't.product_name'),
    )
    .distinct('p.package_id')
    .orderBy('p.package_id')
    .pluck('p.package_id');
  return ids.filter((id) => id !== null);
}

/** Rows of a table by the keys among these, sorted by the key. */
async function named<Item>(
  db: Knex,
  from: string,
  key: string,
  organization: string,
  keys: readonly string[],
  columns: Readonly<Record<string, string>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (const batch of batchesOf(keys)) {
    const some = db(from).where({ organization }).whereIn(key, batch);
    items.push(...((await some.orderBy(key).select(columns)) as Item[]));
  }
  return items;
}

const toTransaction = (row: Row): Transaction => ({
  id: row.id,
  developer: row.developer_email,
  application: row.application,
  product: row.product_name,
  batchSize: row.batch_size,
  attributes: row.attributes === null ? {} : (JSON.parse(row.attributes) as Transaction['attributes']),
  createdAt: Number(row.created_at),
});
