import type { Knex } from '../../../src/plugin.ts';
import { formatQuantity } from './quantity.ts';
import type { Attributes, Covering, UsageReport } from './usage.ts';

export interface StoredReport extends UsageReport {
  id: string;
  /** Microseconds since 1970. */
  createdAt: number;
}

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

/** `product` is null when the plan's package contains none of the reported products. */
type CoveringRow = Omit<Covering, 'product' | 'durationMonths'> & {
  [Key in 'product' | 'durationMonths']: Covering[Key] | null;
};

type Named = Pick<UsageReport, 'organization'> & { name: string };

/** Usage reports and the subscriptions that they count for. Many reports are read with one statement. */
export function createUsageRepository(db: Knex) {
  const existing = (table: string, column: string, wanted: readonly Named[]): Promise<Named[]> =>
    db(table)
      .where(either(column, wanted, ({ name }) => name))
      .select('organization', { name: column });

  return {
    async insert(reports: readonly StoredReport[]): Promise<void> {
      await db<Row>('integration_transactions').insert(
        reports.map(({ id, organization, developer, application, product, batchSize, attributes, createdAt }) => ({
          id,
          organization,
          developer_email: developer,
          application,
          product_name: product,
          batch_size: batchSize,
          attributes: toStoredAttributes(attributes),
          created_at: createdAt,
        })),
      );
    },

    /**
     * Finds the subscriptions that are active at `time` and whose package contains a reported product, for every pair
     * among the reports and perhaps for further pairs. Outer joins make every database start with the developers:
     * starting with a product, the way to its subscriptions leads through all plans that contain it.
     */
    async findCovering(reports: readonly UsageReport[], time: number): Promise<Covering[]> {
      const products = unique(reports.map(({ product }) => product));
      const rows: CoveringRow[] = await db('integration_subscriptions as s')
        .leftJoin('integration_rate_plans as r', (on) =>
          on
            .on('r.organization', 's.organization')
            .andOn('r.id', 's.plan_id')
            .andOn((counts) => counts.onNotNull('r.duration_months').orOnNotNull('r.attribute_months'))
            .andOn((open) => open.onNull('r.end_at').orOnVal('r.end_at', '>', time)),
        )
        .leftJoin('integration_package_products as p', (on) =>
          on
            .on('p.organization', 'r.organization')
            .andOn('p.package_id', 'r.package_id')
            .andOnIn('p.product_name', products),
        )
        .where(either('s.developer_email', reports, ({ developer }) => developer, 's.'))
        .where('s.start_at', '<=', time)
        .where((query) => query.whereNull('s.end_at').orWhere('s.end_at', '>', time))
        .select({
          organization: 's.organization',
          developer: 's.developer_email',
          product: 'p.product_name',
          subscriptionId: 's.id',
          startAt: 's.start_at',
          planId: 's.plan_id',
        })
        .select(
          db.raw('coalesce(r.duration_months, r.attribute_months) as durationMonths'),
          db.raw('case when r.duration_months is null then r.rating_attribute end as ratingAttribute'),
        );
      return rows.filter((row): row is Covering => row.product !== null && row.durationMonths !== null);
    },

    /** The e-mail addresses of developers, with their ids as names. */
    findEmails: (wanted: readonly Named[]): Promise<(Named & { email: string })[]> =>
      db('integration_developers')
        .where(either('id', wanted, ({ name }) => name))
        .select('organization', 'email', { name: 'id' }),

    /** The developers among these that exist. */
    findDevelopers: (wanted: readonly Named[]): Promise<Named[]> => existing('integration_developers', 'email', wanted),

    findProducts: (wanted: readonly Named[]): Promise<Named[]> => existing('integration_products', 'name', wanted),
  };
}

/** A condition: `column` has one of the values, each within its organization. */
function either<Item extends { organization: string }>(
  column: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
  prefix = '',
) {
  const groups = Map.groupBy(items, ({ organization }) => organization);
  return (query: Knex.QueryBuilder): void => {
    for (const [organization, group] of groups) {
      query.orWhere((own) => {
        own.where({ [`${prefix}organization`]: organization }).whereIn(column, unique(group.map(textOf)));
      });
    }
  };
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

/** JSON of decimal texts by the number of the attribute; null without any. */
function toStoredAttributes(attributes: Attributes): string | null {
  const texts = Object.entries(attributes).map(([number, value]) => [number, formatQuantity(value ?? 0n)]);
  return texts.length === 0 ? null : JSON.stringify(Object.fromEntries(texts));
}
