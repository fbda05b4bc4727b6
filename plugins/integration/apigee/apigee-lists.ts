import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import Joi from 'joi';
import type { ApiError } from '../../../src/errors.ts';
import type { Knex } from '../../../src/plugin.ts';
import { inAlphabeticalOrder } from './apigee-answers.ts';
import { mintError } from './apigee-errors.ts';
import { createLargeLists } from './large-lists.ts';

/** The requested part of a list. */
export interface ListQuery {
  all: boolean;
  size: number;
  page: number;
}

const maxSize = 1000;

export const listFields = {
  all: Joi.boolean().sensitive().default(false).description('Return all records; `size` and `page` are ignored.'),
  size: Joi.number().integer().min(1).max(maxSize).default(20).description('Records per page.'),
  page: Joi.number().integer().min(1).max(1_000_000).default(1).description('Page number, starting at 1.'),
};

/** Clients of this API family send further list parameters; they are ignored. */
export const listQuery = Joi.object<ListQuery>(listFields).prefs({ stripUnknown: true });

/** Limit and offset for the database; undefined for the whole list. */
export const windowOf = ({ all, size, page }: ListQuery): { limit: number; offset: number } | undefined =>
  all ? undefined : { limit: size, offset: (page - 1) * size };

/** Parameters of lists that return everything unless a part is asked for. */
export const partFields = {
  all: listFields.all,
  size: Joi.number().integer().min(1).max(maxSize).description('Records per page, with `page`.'),
  page: Joi.number().integer().min(1).max(1_000_000).description('Page number, starting at 1.'),
};

/** The part that such a list was asked for. */
export const toListQuery = ({ all = false, size, page }: Partial<ListQuery>): ListQuery => ({
  all: all || (size === undefined && page === undefined),
  size: size ?? 20,
  page: page ?? 1,
});

/** A part of a list and the total number of records. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}

/** Upper bound of the texts of the rows of one list. A record has up to 180 KB. */
const maxListBytes = 8 * 1024 * 1024;
/** A list with more takes turns with others: in memory, it is several times as large. */
const largeListBytes = 1024 * 1024;
/** Rows of one statement, whose bytes are known afterwards: at most 9 MB. */
const rowsAtOnce = 50;
/** One for all gateways of a process, which share its memory. */
const largeLists = createLargeLists();

const answerTooLarge = (): ApiError =>
  mintError(400, 'answerTooLarge', 'The list is too large for one answer; ask for a smaller part', [
    { name: 'limitBytes', value: String(maxListBytes) },
  ]);

const bytesOf = (row: object): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

/** Rows of one organization, whose order a column gives that they have and whose values differ. An index must provide it. */
export interface OrderedRows<Row> {
  readonly organization: string;
  readonly query: Knex.QueryBuilder;
  readonly order: readonly [column: keyof Row & string, direction: 'asc' | 'desc'];
}

/**
 * Reads the part of the rows that the window has, or all of them. Throws `mint.answerTooLarge`, and `RATE_LIMITED` when too many
 * large lists are read or wait, of the organization or in all.
 */
export async function readBounded<Row extends object, Item>(
  { organization, query, order: [column, direction] }: OrderedRows<Row>,
  toItem: (row: Row) => Item,
  { limit, offset }: { limit: number; offset: number } = { limit: Number.POSITIVE_INFINITY, offset: 0 },
): Promise<Item[]> {
  const items: Item[] = [];
  let last: Row | undefined;
  let bytes = 0;
  let leave: (() => void) | undefined;
  try {
    for (;;) {
      const count = Math.min(rowsAtOnce, limit - items.length);
      const next = query.clone().orderBy(column, direction).limit(count);
      if (last) next.where(column, direction === 'asc' ? '>' : '<', last[column] as string);
      else next.offset(offset);
      const some = (await next) as Row[];
      for (const row of some) bytes += bytesOf(row);
      if (bytes > maxListBytes) throw answerTooLarge();
      items.push(...some.map(toItem));
      last = some.at(-1);
      if (some.length < count || items.length >= limit) return items;
      if (bytes > largeListBytes) leave ??= await largeLists.enter(organization);
    }
  } finally {
    leave?.();
  }
}

/** Reads the requested part of the rows, as `readBounded` does, and their number. */
export async function readList<Row extends object, Item>(
  rows: OrderedRows<Row>,
  wanted: ListQuery,
  toItem: (row: Row) => Item,
): Promise<Listed<Item>> {
  const total = await countRows(rows.query.clone());
  return { items: await readBounded(rows, toItem, windowOf(wanted)), total };
}

export async function countRows(query: Knex.QueryBuilder): Promise<number> {
  const [counted] = (await query.count({ total: '*' })) as { total: number }[];
  return Number(counted?.total ?? 0);
}

/** The members of a list are in alphabetical order, as in every answer of this API family. */
const inOrder = <Value>(members: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));

export const listAnswer = (name: string, item: Joi.Schema): Joi.ObjectSchema =>
  Joi.object(inOrder({ totalRecords: Joi.number().integer().required(), [name]: Joi.array().items(item).required() }));

/** Items that are written in one turn of the event loop. */
const writtenAtOnce = 100;

/** Answers with a list. It is written in slices: other calls need not wait for a large one. */
export async function sendList<Item>(
  res: Response,
  name: string,
  { items, total }: Listed<Item>,
  toAnswer: (item: Item) => unknown,
): Promise<void> {
  const [before, after] =
    name < 'totalRecords' ? ['{', `,"totalRecords":${total}}`] : [`{"totalRecords":${total},`, '}'];
  const slices = [Buffer.from(`${before}"${name}":[`)];
  for (let at = 0; at < items.length; at += writtenAtOnce) {
    if (at > 0) await nextTurn();
    const some = items.slice(at, at + writtenAtOnce).map((item) => inAlphabeticalOrder(toAnswer(item)));
    slices.push(Buffer.from(`${at > 0 ? ',' : ''}${JSON.stringify(some).slice(1, -1)}`));
  }
  slices.push(Buffer.from(`]${after}`));
  res.type('json').send(Buffer.concat(slices));
}
