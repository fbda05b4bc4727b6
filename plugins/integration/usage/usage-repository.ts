import type { Knex } from '../../../src/plugin.ts';
import type { Covering, UsageReport } from './usage.ts';

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
  created_at: number;
}

type Named = Pick<UsageReport, 'organization'> & { name: string };

/** Reports, and what they count for. Reads of many reports at once are one statement. */
export function createUsageRepository(db: Knex) {
  return {
    async insert(reports: readonly StoredReport[]): Promise<void> {
      await db<Row>('integration_transactions').insert(
        reports.map(({ id, organization, developer, application, product, batchSize, createdAt }) => ({
          id,
          organization,
          developer_email: developer,
          application,
          product_name: product,
          batch_size: batchSize,
          created_at: createdAt,
        })),
      );
    },

    /** The subscriptions that are active at `time` and whose plan's package has the product; for every pair among the reports, and perhaps more. */
    async findCovering(reports: readonly UsageReport[], time: number): Promise<Covering[]> {
      const groups = Map.groupBy(reports, ({ organization }) => organization);
      return db('integration_subscriptions as s')
        .join('integration_rate_plans as r', (on) =>
          on.on('r.organization', 's.organization').andOn('r.id', 's.plan_id'),
        )
        .join('integration_package_products as p', (on) =>
          on.on('p.organization', 'r.organization').andOn('p.package_id', 'r.package_id'),
        )
        .where((query) => {
          for (const [organization, group] of groups) {
            query.orWhere((either) => {
              either
                .where({ 's.organization': organization })
                .whereIn('s.developer_email', unique(group.map(({ developer }) => developer)))
                .whereIn('p.product_name', unique(group.map(({ product }) => product)));
            });
          }
        })
        .where('s.start_at', '<=', time)
        .where((query) => query.whereNull('s.end_at').orWhere('s.end_at', '>', time))
        .where((query) => query.whereNull('r.end_at').orWhere('r.end_at', '>', time))
        .whereNotNull('r.duration_months')
        .select({
          organization: 's.organization',
          developer: 's.developer_email',
          product: 'p.product_name',
          subscriptionId: 's.id',
          startAt: 's.start_at',
          durationMonths: 'r.duration_months',
        });
    },

    /** Of these developers those that there are. */
    findDevelopers: (wanted: readonly Named[]): Promise<Named[]> => existing('integration_developers', 'email', wanted),

    findProducts: (wanted: readonly Named[]): Promise<Named[]> => existing('integration_products', 'name', wanted),
  };

  async function existing(table: string, column: string, wanted: readonly Named[]): Promise<Named[]> {
    const groups = Map.groupBy(wanted, ({ organization }) => organization);
    return db(table)
      .where((query) => {
        for (const [organization, group] of groups) {
          query.orWhere((either) => {
            either.where({ organization }).whereIn(column, unique(group.map(({ name }) => name)));
          });
        }
      })
      .select('organization', { name: column });
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
