import type { Result } from '../model/delivery.ts';
import { withoutContent } from '../sending/recorded-answer.ts';

export interface Isolation {
  /** Number of results of the next batch. */
  readonly batchSize: number;
  /** Notes a stored batch. */
  worked(): void;
  /** Notes a failed batch of this size, while the database works. Returns true when its one result is at fault. */
  failed(size: number): boolean;
}

/** Finds a result that the database refuses: a batch that fails twice is halved, down to the one result. */
export function createIsolation(maxBatch: number): Isolation {
  let batchSize = maxBatch;
  let failures = 0;
  return {
    get batchSize() {
      return batchSize;
    },
    worked() {
      batchSize = maxBatch;
      failures = 0;
    },
    failed(size) {
      failures += 1;
      if (failures < 2) {
        batchSize = size;
        return false;
      }
      batchSize = Math.ceil(size / 2);
      failures = 1;
      return size === 1;
    },
  };
}

/** The result without the answer's headers and body; undefined if it has none. */
export function withoutRefusedContent(result: Result): Result | undefined {
  const { outcome } = result;
  const hasContent = outcome.kind === 'answered' && (outcome.body !== '' || Object.keys(outcome.headers).length > 0);
  return hasContent ? { ...result, outcome: withoutContent(outcome) } : undefined;
}
