import type { ApiError } from '../../../src/errors.ts';
import { mintError } from './apigee-errors.ts';
import { createLargeLists } from './large-lists.ts';

/** Upper bound of the texts of the records of one answer. A record has up to 180 KB. */
const maxBytes = 8 * 1024 * 1024;
/** An answer with more takes turns with others: in memory, it is several times as large. */
const largeBytes = 1024 * 1024;
/** One for all gateways of a process, which share its memory. */
const largeLists = createLargeLists();

/** Counts the text of an answer while its records are read. */
export interface AnswerSize {
  /** Throws `mint.answerTooLarge`. */
  count(bytes: number): void;
  /** Call it before reading further: a large answer waits for its turn. Throws `RATE_LIMITED` when too many wait. */
  turn(): Promise<void>;
}

/** Reads all that one answer has. */
export async function readAnswer<Result>(
  organization: string,
  read: (size: AnswerSize) => Promise<Result>,
): Promise<Result> {
  let total = 0;
  let leave: (() => void) | undefined;
  const size: AnswerSize = {
    count(bytes) {
      total += bytes;
      if (total > maxBytes) throw answerTooLarge();
    },
    async turn() {
      if (total > largeBytes) leave ??= await largeLists.enter(organization);
    },
  };
  try {
    return await read(size);
  } finally {
    leave?.();
  }
}

/** Counts records that an answer has several times and that were read, and counted, once. */
export function countRepeated<Item extends object>(
  size: AnswerSize,
  items: readonly Item[],
  toAnswer: (item: Item) => object,
): void {
  const bytes = new Map<Item, number>();
  for (const item of items) {
    const known = bytes.get(item);
    if (known === undefined) bytes.set(item, JSON.stringify(toAnswer(item)).length);
    else size.count(known);
  }
}

/** The text of a row, or of a record as it is answered. */
export const bytesOf = (row: object): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

const answerTooLarge = (): ApiError =>
  mintError(400, 'answerTooLarge', 'The list is too large for one answer; ask for a smaller part', [
    { name: 'limitBytes', value: String(maxBytes) },
  ]);
