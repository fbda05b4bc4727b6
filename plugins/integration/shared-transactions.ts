import { ApiError, isApiError } from '../../src/errors.ts';
import { type Database, isTransaction, type Knex } from '../../src/plugin.ts';

/** The result of one item: a value, or the error of this item alone. */
export type Outcome<Result extends object> = Result | ApiError;

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const mostAtOnce = 100;
/**
 * Two transactions usually run at once: while one waits for the database, the answers of the other are sent and new
 * items arrive.
 */
const usuallyAtOnce = 2;
/** Upper bound of concurrent transactions: a transaction that waits for a lock does not delay all others. */
const transactionsAtOnce = 4;
/** How long a transaction waits for its share of the open items: this part of the time that transactions take … */
const patience = 0.5;
/** … and at most this, in milliseconds. */
const mostPatienceMs = 20;
/** How long items wait for one of the usual transactions to end, in milliseconds. */
const slowMs = 50;
const forgetting = 0.9;
const smoothing = 0.2;

/**
 * Runs an item in a transaction and resolves when it has been committed. On a `db` that is a transaction already, the
 * item runs there, and the owner of the transaction commits. Throws the item's error.
 */
export type SharedTransactions<Item, Result> = (db: Knex, item: Item) => Promise<Result>;

/**
 * Concurrent items share a transaction, which costs hardly more than a transaction for one item. A single item is
 * written at once; when many are open, a transaction waits briefly for its share of them. `work` returns an outcome
 * for each item, in order. If it throws, only the items that cause the error fail.
 */
export function createSharedTransactions<Item, Result extends object>({
  database,
  work,
}: {
  database: Pick<Database, 'transaction'>;
  work: (trx: Knex.Transaction, items: readonly Item[]) => Promise<Outcome<Result>[]>;
}): SharedTransactions<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  /** A transaction begins, and takes what is waiting once it has begun. */
  let isBeginning = false;
  let underWay = 0;
  /** Decaying maximum of the number of open items. */
  let usual = 0;
  /** Smoothed duration of a transaction, in milliseconds. */
  let usualMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    if (waiting.length === 0 || isBeginning || running === transactionsAtOnce) return;
    const hasRoom = running < usuallyAtOnce;
    if (hasRoom && waiting.length >= Math.min(usual / usuallyAtOnce, mostAtOnce)) start();
    else timer ??= setTimeout(start, hasRoom ? Math.min(usualMs * patience, mostPatienceMs) : slowMs);
  }

  function start(): void {
    stopWaiting();
    usual = Math.max(underWay, usual * forgetting);
    void run();
  }

  function stopWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function take(): Waiting<Item, Result>[] {
    isBeginning = false;
    const batch = waiting.splice(0, mostAtOnce);
    next();
    return batch;
  }

  /** Never rejects. */
  async function run(): Promise<void> {
    running += 1;
    isBeginning = true;
    const startedAt = performance.now();
    const { length } = await commit();
    usualMs += smoothing * (performance.now() - startedAt - usualMs);
    running -= 1;
    underWay -= length;
    // After a burst, a single item is not delayed.
    if (underWay === 0) usual = 0;
    stopWaiting();
    next();
  }

  /**
   * Commits a batch, by default the items that are waiting when the transaction has begun: they arrive meanwhile. Settles
   * every item and returns them; never rejects.
   */
  async function commit(given?: readonly Waiting<Item, Result>[]): Promise<readonly Waiting<Item, Result>[]> {
    let taken = given;
    const batch = (): readonly Waiting<Item, Result>[] => {
      taken ??= take();
      return taken;
    };
    try {
      const outcomes = await database.transaction((trx) => {
        const items = batch().map(({ item }) => item);
        return work(trx, items);
      });
      for (const [index, each] of batch().entries()) settle(each, outcomes[index]);
    } catch (error) {
      // The data of one item may have caused the error, which must not fail the others. An `ApiError` (the database is
      // unavailable) concerns all of them.
      if (batch().length === 1 || isApiError(error)) {
        for (const { reject } of batch()) reject(error);
      } else {
        const half = Math.ceil(batch().length / 2);
        await commit(batch().slice(0, half));
        await commit(batch().slice(half));
      }
    }
    return batch();
  }

  return async (db, item) => {
    if (isTransaction(db)) return resultOf((await work(db, [item]))[0]);
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      underWay += 1;
      next();
    });
  };
}

function settle<Result extends object>(
  { resolve, reject }: Waiting<unknown, Result>,
  outcome: Outcome<Result> | undefined,
) {
  if (outcome === undefined || outcome instanceof ApiError) reject(outcome);
  else resolve(outcome);
}

function resultOf<Result extends object>(outcome: Outcome<Result> | undefined): Result {
  if (outcome === undefined || outcome instanceof ApiError) throw outcome;
  return outcome;
}
