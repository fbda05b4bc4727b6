import type { ApiError } from '../../../src/errors.ts';
import type { Clock, Database, Knex } from '../../../src/plugin.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import { type Listed, type ListQuery, windowOf } from '../apigee/apigee-lists.ts';
import { appsById } from '../developer-apps/apps-by-id.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { isDeveloperId } from '../developers/developer-repository.ts';
import { productNameOf } from '../products/product-reference.ts';
import { createUsageRepository } from '../usage/usage-repository.ts';
import type {
  NamedDeveloper,
  NamedPackage,
  NamedProduct,
  Period,
  Transaction,
  TransactionFilter,
} from './transaction.ts';
import { periodOfTimes } from './transaction-periods.ts';
import { createTransactionRepository } from './transaction-repository.ts';
import type { StatusQuery } from './transaction-schemas.ts';

/** Upper bound of the transactions of a period that a call reads. */
const maxRead = 100_000;
/** Upper bound of the items of an answer. */
const maxAnswered = 10_000;

/** Ids as callers send them, of developers (e-mail address or id), applications and products. */
export interface Criteria extends Period {
  developers: readonly string[] | undefined;
  applications: readonly string[] | undefined;
  products: readonly string[] | undefined;
  /** Whether another criterion excludes every transaction. */
  isEmpty: boolean;
}

export type TransactionService = ReturnType<typeof createTransactionService>;

/** Reads the transactions of one organization. */
export function createTransactionService({ database, now }: { database: Database; now: Clock }) {
  return {
    /** Lists transactions, newest first. Throws `mint.tooManyTransactions`. */
    search: (organization: string, criteria: Criteria, wanted: ListQuery): Promise<Listed<Transaction>> =>
      database.read(async (db) => {
        if (criteria.isEmpty) return { items: [], total: 0 };
        const repository = createTransactionRepository(db);
        await requireReadable(db, organization, criteria);
        const filter = await toFilter(db, organization, criteria);
        const total = await repository.count(organization, filter);
        const part = windowOf(wanted) ?? { limit: maxAnswered, offset: 0 };
        if (wanted.all && total > maxAnswered) throw tooMany(maxAnswered);
        return { items: await withApps(db, organization, await repository.list(organization, filter, part)), total };
      }),

    /** Transactions of a developer, newest first. Throws `mint.resourceDoesNotExist` or `VALIDATION_ERROR`. */
    ofDeveloper: (organization: string, idOrEmail: string, query: StatusQuery): Promise<Transaction[]> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, idOrEmail);
        const { productId, limit, utctime, utctme, utctime2, utctme2 } = query;
        const products = productId === undefined ? undefined : [productNameOf(organization, productId)];
        const filter = {
          developers: [email],
          products,
          ...periodOfTimes(utctime ?? utctme, utctime2 ?? utctme2, now()),
        };
        const items = await createTransactionRepository(db).list(organization, filter, { limit, offset: 0 });
        return withApps(db, organization, items);
      }),

    /** The applications, as they were reported. Throws `mint.tooManyTransactions`. */
    applications: (organization: string, period: Period): Promise<{ id: string; name: string }[]> =>
      reading(organization, period, async (db) => {
        const ids = await createTransactionRepository(db).applications(organization, period);
        const apps = await appsById(db, organization, ids);
        return ids.map((id) => ({ id, name: apps.get(id)?.name ?? id }));
      }),

    developers: (organization: string, period: Period): Promise<NamedDeveloper[]> =>
      reading(organization, period, (db) => createTransactionRepository(db).developers(organization, period)),

    products: (organization: string, period: Period): Promise<NamedProduct[]> =>
      reading(organization, period, (db) => createTransactionRepository(db).products(organization, period)),

    packages: (organization: string, period: Period): Promise<NamedPackage[]> =>
      reading(organization, period, (db) => createTransactionRepository(db).packages(organization, period)),
  };

  /** Runs a read about all transactions of a period. Throws `mint.tooManyTransactions`. */
  function reading<Item>(organization: string, period: Period, work: (db: Knex) => Promise<Item[]>): Promise<Item[]> {
    return database.read(async (db) => {
      await requireReadable(db, organization, period);
      const items = await work(db);
      if (items.length > maxAnswered) throw tooMany(maxAnswered);
      return items;
    });
  }
}

async function requireReadable(db: Knex, organization: string, period: Period): Promise<void> {
  if ((await createTransactionRepository(db).countUpTo(organization, period, maxRead + 1)) > maxRead)
    throw tooMany(maxRead);
}

const tooMany = (limit: number): ApiError =>
  mintError(
    400,
    'tooManyTransactions',
    `The request concerns more than ${limit} transactions; choose a shorter period`,
    [{ name: 'limit', value: String(limit) }],
  );

async function withApps(db: Knex, organization: string, items: readonly Transaction[]): Promise<Transaction[]> {
  const applications = items.map(({ application }) => application);
  const apps = await appsById(db, organization, applications);
  return items.map((item) => ({ ...item, applicationName: apps.get(item.application)?.name }));
}

/** The id of a developer that does not exist matches nothing. */
async function toFilter(db: Knex, organization: string, criteria: Criteria): Promise<TransactionFilter> {
  const { from, to, developers, applications, products } = criteria;
  return {
    ...{ from, to, applications, developers: developers && (await emailsOf(db, organization, developers)) },
    products: products?.map((each) => productNameOf(organization, each)),
  };
}

async function emailsOf(db: Knex, organization: string, developers: readonly string[]): Promise<readonly string[]> {
  const ids = developers.filter(isDeveloperId);
  if (ids.length === 0) return developers;
  const found = await createUsageRepository(db).findEmails(ids.map((name) => ({ organization, name })));
  const emails = new Map(found.map(({ name, email }) => [name, email]));
  return developers.map((each) => emails.get(each) ?? each);
}
