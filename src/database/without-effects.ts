import type { Database, Knex } from './database.ts';

/** The same database, on which every transaction and writing statement is rolled back after its work. */
export function withoutEffects(database: Database): Database {
  const tryOut = async <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => {
    const undo = new Error('rolled back');
    let result: { value: T } | undefined;
    const attempt = database.transaction(async (trx) => {
      result = { value: await work(trx) };
      throw undo;
    });
    await attempt.catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return (result as unknown as { value: T }).value;
  };
  return {
    ...database,
    get reserved() {
      return database.reserved === database ? this : withoutEffects(database.reserved);
    },
    transaction: tryOut,
    statement: tryOut,
  };
}
