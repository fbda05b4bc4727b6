import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import Joi from 'joi';
import type { Knex } from '../../../src/plugin.ts';
import { type AnswerSize, bytesOf, readAnswer } from './answer-size.ts';
import { inAlphabeticalOrder } from './apigee-answers.ts';

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

/** Rows of one statement, whose bytes are known afterwards: at most 9 MB. */
export const rowsAtOnce = 50;

/** Rows of one organization, whose order a column gives that they have and whose values differ. An index must provide it. */
export interface OrderedRows<Row> {
  readonly organization: string;
  readonly query: Knex.QueryBuilder;
  readonly order: readonly [column: keyof Row & string, direction: 'asc' | 'desc'];
  /** Counts an answer that has more than these rows. */
  readonly size?: AnswerSize | undefined;
}

/**
 * Reads the part of the rows that the window has, or all of them. Throws `mint.answerTooLarge`, and `RATE_LIMITED` when too many
 * large lists are read or wait, of the organization or in all.
 */
export async function readBounded<Row extends object, Item>(
  rows: OrderedRows<Row>,
  toItem: (row: Row) => Item,
  window: { limit: number; offset: number } = { limit: Number.POSITIVE_INFINITY, offset: 0 },
): Promise<Item[]> {
  const { organization, size } = rows;
  return size
    ? readCounted({ ...rows, size }, toItem, window)
    : readAnswer(organization, (own) => readCounted({ ...rows, size: own }, toItem, window));
}

async function readCounted<Row extends object, Item>(
  { query, order: [column, direction], size }: OrderedRows<Row> & { size: AnswerSize },
  toItem: (row: Row) => Item,
  { limit, offset }: { limit: number; offset: number },
): Promise<Item[]> {
  const items: Item[] = [];
  let last: Row | undefined;
  for (;;) {
    const count = Math.min(rowsAtOnce, limit - items.length);
    const next = query.clone().orderBy(column, direction).limit(count);
    if (last) next.where(column, direction === 'asc' ? '>' : '<', last[column] as string);
    else next.offset(offset);
    const some = (await next) as Row[];
    size.count(some.reduce((sum, row) => sum + bytesOf(row), 0));
    items.push(...some.map(toItem));
    last = some.at(-1);
    if (some.length < count || items.length >= limit) return items;
    await size.turn();
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
