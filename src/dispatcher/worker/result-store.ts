import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isStorageOutage } from '../../errors.ts';
import { createFailureLog } from '../../lifecycle/failure-log.ts';
import type { Logger } from '../../logger.ts';
import type { Result } from '../model/delivery.ts';
import { writeResults } from '../store/write-results.ts';
import type { OpenResults } from './open-results.ts';
import { createIsolation, withoutRefusedContent } from './result-isolation.ts';

/** Results that have to be stored later. */
export interface Later {
  /** Whether the whole batch is stored or dropped. */
  isDone: boolean;
  /** To be stored before all others. */
  first: readonly Result[];
  /** To be stored after all others. */
  last: readonly Result[];
}

export interface ResultStore {
  /** Number of results of the next batch. */
  readonly batchSize: number;
  /** Whether the database was unreachable at the last try. */
  readonly isBehind: boolean;
  /** Stores a batch and closes its results, as far as the database allows. Never rejects. */
  store(batch: readonly Result[]): Promise<Later>;
}

const done: Later = { isDone: true, first: [], last: [] };

/** Stores batches of results. A result that the database refuses, or whose row is locked, does not hold up the others. */
export function createResultStore(parts: {
  database: Database;
  logger: Logger;
  now: () => number;
  /** The end (microseconds) after which a lease has not lapsed. */
  leasedAfter: () => number;
  open: OpenResults;
  maxBatch: number;
  /** Whether deliveries that are given up are reported. */
  isHeard: () => boolean;
  onWritten: (results: readonly Result[]) => void;
}): ResultStore {
  const { database, logger, now, leasedAfter, open, maxBatch, isHeard, onWritten } = parts;
  const failures = createFailureLog(logger, 'storing results failed, retrying');
  const isolation = createIsolation(maxBatch);
  let isBehind = false;

  const isHeld = ({ claimed }: Result): boolean => claimed.leaseUntil > leasedAfter();

  async function write(batch: readonly Result[]): Promise<Later> {
    const { stored, locked } = await withDeadline(writeResults(database, batch, now(), isHeard()));
    failures.worked();
    isolation.worked();
    isBehind = false;
    // After the lease, a lock is that of the process that takes the row over.
    const later = locked.filter(isHeld);
    open.close(later.length === 0 ? batch : batch.filter((result) => !later.includes(result)));
    onWritten(stored);
    return later.length === 0 ? done : { isDone: false, first: [], last: later };
  }

  async function afterFailure(batch: readonly Result[], error: unknown): Promise<Later> {
    failures.failed(error, { results: batch.length });
    // A database without room answers reads. Its results are kept, and none is at fault.
    isBehind = isStorageOutage(error) || !(await database.isReachable());
    const isAtFault = !isBehind && isolation.failed(batch.length);
    return isAtFault ? settle(batch[0] as Result) : { isDone: false, first: batch, last: [] };
  }

  /** The result at fault is stored without its content, then set aside, and dropped once its lease has lapsed. */
  function settle(result: Result): Later {
    const plain = withoutRefusedContent(result);
    const { id: delivery } = result.claimed;
    if (plain) {
      logger.error('answer stored without its content, the database refused it', { delivery });
      open.add(plain);
      open.close([result]);
      return { isDone: false, first: [plain], last: [] };
    }
    if (isHeld(result)) return { isDone: false, first: [], last: [result] };
    logger.error('result dropped, not stored within its lease', { delivery });
    open.close([result]);
    return done;
  }

  return {
    get batchSize() {
      return isolation.batchSize;
    },
    get isBehind() {
      return isBehind;
    },
    store: (batch) => write(batch).catch((error) => afterFailure(batch, error)),
  };
}
